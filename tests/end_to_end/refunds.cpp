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
        fmt::format("trip refund {} {} {} {} --request-id 11111111-2222-4333-8444-{:012}", trip_id,
                    format_amount({.minor = 1, .currency = currency}), currency,
                    reasons.at(trips_.size() % reasons.size()), trips_.size()));
  }
  taken_ += static_cast<std::int64_t>(std::erase_if(open_, [&](const std::string& request) {
    return !stop.stop_requested() && is_taken(request);
  }));
}

bool Refunds::is_taken(const std::string& request) const {
  return box_.command(request).first == 0;
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
