#include "tests/simulator/shop/report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace gatehouse::simulator {
namespace {

using nlohmann::ordered_json;
using std::chrono::nanoseconds;

double to_ms(nanoseconds duration) {
  return static_cast<double>(duration.count()) / 1e6;
}

ordered_json latency_json(const Latencies& latencies) {
  return {{"count", latencies.size()},
          {"p50_ms", to_ms(latencies.percentile(0.5))},
          {"p99_ms", to_ms(latencies.percentile(0.99))},
          {"p999_ms", to_ms(latencies.percentile(0.999))}};
}

std::string latency_text(const Latencies& latencies) {
  return fmt::format("p50 {:.2f} ms, p99 {:.2f} ms, p99.9 {:.2f} ms",
                     to_ms(latencies.percentile(0.5)), to_ms(latencies.percentile(0.99)),
                     to_ms(latencies.percentile(0.999)));
}

ordered_json trip_json(const TripReport& trip) {
  ordered_json json{{"trip_id", trip.trip_id},
                    {"entry", trip.card_entry ? "card" : "app"},
                    {"empty", trip.empty},
                    {"charge_minor", trip.charge_minor},
                    {"shopper_identity", trip.shopper_identity},
                    {"sent_sha256", trip.sent_sha256}};
  if (trip.acknowledged) {
    json["purchase_id"] = trip.purchase_id;
  } else {
    json["reason"] = trip.reason;
  }
  return json;
}

TripReport trip_from(const ordered_json& json, bool acknowledged) {
  TripReport trip{.trip_id = json.at("trip_id").get<std::string>(),
                  .card_entry = json.at("entry").get<std::string>() == "card",
                  .empty = json.at("empty").get<bool>(),
                  .acknowledged = acknowledged,
                  .purchase_id = json.value("purchase_id", ""),
                  .charge_minor = json.at("charge_minor").get<std::int64_t>(),
                  .shopper_identity = json.value("shopper_identity", "")};
  trip.sent_sha256 = json.at("sent_sha256").get<std::vector<std::string>>();
  trip.reason = json.value("reason", "");
  return trip;
}

}  // namespace

nanoseconds Latencies::percentile(double share) const {
  if (all_.empty()) return nanoseconds{0};
  auto sorted = all_;
  const auto rank = std::ceil(share * static_cast<double>(sorted.size()));
  const auto index = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
  const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(std::min(index, sorted.size() - 1));
  std::ranges::nth_element(sorted, at);
  return *at;
}

std::uint64_t ShopReport::acknowledged() const {
  return static_cast<std::uint64_t>(std::ranges::count_if(trips, &TripReport::acknowledged));
}

ordered_json ShopReport::to_json() const {
  ordered_json json;
  json["took_ms"] = to_ms(took);
  json["scans"] = {{"answered", scans.accepted + scans.rejected},
                   {"accepted", scans.accepted},
                   {"rejected", scans.rejected},
                   {"errors", scans.errors},
                   {"unexpected", scans.unexpected},
                   {"latency", latency_json(scan_latency)}};
  json["carts"] = {{"acknowledged", acknowledged()},
                   {"unacknowledged", trips.size() - acknowledged()},
                   {"attempts", cart_attempts},
                   {"sent_twice", carts_sent_twice},
                   {"reordered", carts_reordered},
                   {"late", carts_late},
                   {"mismatching_purchase_ids", mismatching_purchase_ids},
                   {"latency", latency_json(cart_latency)}};
  auto yes = ordered_json::array();
  auto no = ordered_json::array();
  for (const auto& trip : trips) (trip.acknowledged ? yes : no).push_back(trip_json(trip));
  json["acknowledged"] = std::move(yes);
  json["unacknowledged"] = std::move(no);
  return json;
}

std::string ShopReport::table() const {
  const auto line = [](std::string_view name, const std::string& text) {
    return fmt::format("{:<22} {}\n", name, text);
  };
  std::string text;
  text += line("scans answered",
               fmt::format("{} ({} accepted, {} rejected)", scans.accepted + scans.rejected,
                           scans.accepted, scans.rejected));
  text += line("scans unexpected", std::to_string(scans.unexpected));
  text += line("scans without answer", std::to_string(scans.errors));
  text += line("scan latency", latency_text(scan_latency));
  text += line("carts acknowledged", fmt::format("{} of {}", acknowledged(), trips.size()));
  text += line("cart attempts",
               fmt::format("{} ({} sent twice on purpose)", cart_attempts, carts_sent_twice));
  text += line("cart latency", latency_text(cart_latency));
  text += line("mismatching answers", std::to_string(mismatching_purchase_ids));
  text += line("took", fmt::format("{:.1f} s", to_ms(took) / 1000));
  return text;
}

Result<std::vector<TripReport>> read_trips(const ordered_json& report) {
  std::vector<TripReport> trips;
  try {
    for (const auto& json : report.at("acknowledged")) trips.push_back(trip_from(json, true));
    for (const auto& json : report.at("unacknowledged")) trips.push_back(trip_from(json, false));
  } catch (const nlohmann::json::exception& error) {
    return failure(Remedy::reject, std::string("this is no report of `shop`: ") + error.what());
  }
  return trips;
}

}  // namespace gatehouse::simulator
