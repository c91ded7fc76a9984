#include "tests/end_to_end/refunds.hpp"

#include <fmt/format.h>

#include <array>

#include "store/values/money.hpp"

namespace gatehouse::end_to_end {

void Refunds::ask(std::size_t more, const std::stop_token& stop) {
  constexpr std::array<std::string_view, 5> reasons{"DAMAGED_ITEM", "EXPIRED_ITEM", "UNWANTED_ITEM",
                                                    "JWO_TECH_ERROR", "OTHER"};
  const auto effects = world_.effects();
  for (const auto& [trip_id, payment] : effects.at("payments").items()) {
    if (more == 0) break;
    if (payment.at("captures") == 0 || !trips_.insert(trip_id).second) continue;
    --more;
    const std::string currency = payment.at("currency");
    open_.push_back(
        {trip_id, fmt::format("trip refund {} {} {} {} --request-id 11111111-2222-4333-8444-{:012}",
                              trip_id, format_amount({.minor = 1, .currency = currency}), currency,
                              reasons.at(trips_.size() % reasons.size()), trips_.size())});
  }
  taken_ += static_cast<std::int64_t>(std::erase_if(
      open_, [&](const Asked& asked) { return !stop.stop_requested() && is_taken(asked); }));
}

bool Refunds::is_taken(const Asked& asked) const {
  return box_.command(asked.request).first == 0;
}

std::vector<std::string> Refunds::open() const {
  std::vector<std::string> requests;
  for (const auto& asked : open_) {
    const auto [status, output] = box_.command("trip show " + asked.trip_id + " --json");
    const auto trip = status == 0 ? nlohmann::json::parse(output) : nlohmann::json();
    if (status != 0 || trip.at("settlement").at("state") == "captured") {
      requests.push_back(asked.request);
    }
  }
  return requests;
}

void Refunds::retry_set_aside() const {
  const auto [status, output] = box_.command("records list --state set_aside --json");
  if (status != 0) return;
  const auto listed = nlohmann::json::parse(output);
  for (const auto& record : listed.at("records")) {
    if (record.at("kind") != "refund") continue;
    (void)box_.command(fmt::format("records retry {}", record.at("id").get<std::int64_t>()));
  }
}

}  // namespace gatehouse::end_to_end
