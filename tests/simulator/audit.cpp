#include "tests/simulator/audit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_set>

namespace gatehouse::simulator {
namespace {

using nlohmann::json;

std::int64_t number(const json& object, std::string_view name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

std::string text(const json& object, std::string_view name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

class Auditor {
 public:
  Auditor(const json& effects, bool settled, AuditResult& result)
      : effects_(effects), settled_(settled), result_(result) {}

  void check(const TripReport& trip) {
    known_.insert(trip.trip_id);
    if (!trip.acknowledged) return check_unacknowledged(trip);
    ++result_.acknowledged;
    check_cart(trip);
    if (!settled_) return;
    if (trip.card_entry) return trip.empty ? check_empty_card(trip) : check_card(trip);
    if (!of("payments", trip.trip_id).empty()) add(trip, "app entry, and yet Amazon was called");
  }

  void check_strangers() {
    for (const auto* kind : {"carts", "payments", "records"}) {
      const auto all = effects_.find(kind);
      if (all == effects_.end()) continue;
      for (const auto& [trip_id, effect] : all->items()) {
        if (!known_.contains(trip_id)) {
          result_.differences.push_back(
              {trip_id, fmt::format("in the world's {}, in no report", kind)});
        }
      }
    }
  }

  void check_totals() {
    constexpr std::array<std::string_view, 4> never{
        "conflicts", "captures_above_authorised", "captures_after_cancel", "cancels_after_capture"};
    for (const auto name : never) {
      if (const auto count = number(effects_, name); count > 0) {
        result_.differences.push_back({"", fmt::format("{}: {}", name, count)});
      }
    }
    result_.repeated_deliveries =
        static_cast<std::uint64_t>(number(effects_, "duplicate_deliveries"));
  }

 private:
  /// An empty object where the trip has no such effect.
  const json& of(std::string_view kind, const std::string& trip_id) const {
    static const json none = json::object();
    const auto all = effects_.find(kind);
    if (all == effects_.end()) return none;
    const auto found = all->find(trip_id);
    return found == all->end() ? none : *found;
  }

  void add(const TripReport& trip, std::string what) {
    result_.differences.push_back({trip.trip_id, std::move(what)});
  }

  void lose(const TripReport& trip, std::string what) {
    ++result_.lost;
    add(trip, std::move(what));
  }

  void double_up(const TripReport& trip, std::string what) {
    ++result_.doubled;
    add(trip, std::move(what));
  }

  void check_unacknowledged(const TripReport& trip) {
    if (number(of("carts", trip.trip_id), "effects") > 1) {
      double_up(trip, "not acknowledged, and yet delivered twice");
    }
    if (number(of("payments", trip.trip_id), "captures") > 1) {
      double_up(trip, "not acknowledged, and yet captured twice");
    }
  }

  void check_cart(const TripReport& trip) {
    const auto& cart = of("carts", trip.trip_id);
    const auto before = result_.differences.size();
    const auto times = number(cart, "effects");
    if (times == 0) return lose(trip, "acknowledged and not delivered");
    if (times > 1) double_up(trip, fmt::format("delivered {} times, under different keys", times));
    if (text(cart, "purchase_id") != trip.purchase_id) {
      add(trip, "delivered under another purchase id than was answered");
    }
    if (std::ranges::find(trip.sent_sha256, text(cart, "sha256")) == trip.sent_sha256.end()) {
      add(trip, "delivered with other bytes than were sent");
    }
    if (result_.differences.size() == before) ++result_.delivered;
  }

  void check_card(const TripReport& trip) {
    const auto& payment = of("payments", trip.trip_id);
    const auto captures = number(payment, "captures");
    if (number(payment, "cancels") > 0) add(trip, "cancelled, though it has items");
    if (payment.value("declined", false)) {
      ++result_.declined;
      if (captures > 0) add(trip, "declined, and yet captured");
      return check_record(trip, "DECLINED");
    }
    ++result_.to_capture;
    if (captures == 0) return lose(trip, "not captured");
    if (captures > 1) double_up(trip, fmt::format("captured {} times", captures));
    const auto minor = number(payment, "captured_minor");
    const auto currency = text(payment, "currency");
    if (minor != trip.charge_minor || currency != "USD") {
      add(trip, fmt::format("captured {} {} in minor units, expected {} USD", minor, currency,
                            trip.charge_minor));
    } else if (captures == 1) {
      ++result_.captured;
    }
    check_record(trip, "CAPTURED");
  }

  void check_empty_card(const TripReport& trip) {
    const auto& payment = of("payments", trip.trip_id);
    ++result_.to_cancel;
    if (number(payment, "captures") > 0) add(trip, "an empty cart, and yet captured");
    if (number(payment, "cancels") == 0) return add(trip, "an empty cart, and not cancelled");
    ++result_.cancelled;
    check_record(trip, "CANCELLED");
  }

  void check_record(const TripReport& trip, std::string_view status) {
    const auto& record = of("records", trip.trip_id);
    const auto times = number(record, "effects");
    if (times != 1) return add(trip, fmt::format("{} payment records, expected 1", times));
    if (const auto told = text(record, "status"); told != status) {
      add(trip, fmt::format("the payment record says {}, the truth is {}", told, status));
    }
  }

  const json& effects_;
  const bool settled_;
  AuditResult& result_;
  std::unordered_set<std::string> known_;
};

}  // namespace

AuditResult audit(const std::vector<TripReport>& trips, const json& effects, bool settled) {
  AuditResult result;
  Auditor auditor(effects, settled, result);
  for (const auto& trip : trips) auditor.check(trip);
  auditor.check_strangers();
  auditor.check_totals();
  return result;
}

nlohmann::ordered_json AuditResult::to_json() const {
  nlohmann::ordered_json json{{"clean", clean()},
                              {"acknowledged", acknowledged},
                              {"delivered", delivered},
                              {"to_capture", to_capture},
                              {"captured", captured},
                              {"declined", declined},
                              {"to_cancel", to_cancel},
                              {"cancelled", cancelled},
                              {"repeated_deliveries", repeated_deliveries}};
  auto& all = json["differences"] = nlohmann::ordered_json::array();
  for (const auto& difference : differences) {
    all.push_back({{"trip_id", difference.trip_id}, {"what", difference.what}});
  }
  return json;
}

std::string AuditResult::table() const {
  const auto line = [](std::string_view name, std::uint64_t count) {
    return fmt::format("{:<34} {:>8}\n", name, count);
  };
  std::string table =
      line("carts acknowledged", acknowledged) + line("  delivered once in effect", delivered) +
      line("  repeated harmlessly", repeated_deliveries) +
      line("card trips to be captured", to_capture) +
      line("  captured once, right amount", captured) + line("card trips declined", declined) +
      line("empty card trips to be cancelled", to_cancel) + line("  cancelled", cancelled) +
      line("duplicates", doubled) + line("lost", lost) + line("differences", differences.size());
  constexpr std::size_t shown_max = 20;
  for (std::size_t i = 0; i < std::min(differences.size(), shown_max); ++i) {
    table += fmt::format("  {} {}\n", differences[i].trip_id, differences[i].what);
  }
  if (differences.size() > shown_max) table += "  …\n";
  return table;
}

}  // namespace gatehouse::simulator
