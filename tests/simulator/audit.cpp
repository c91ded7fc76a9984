#include "tests/simulator/audit.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <unordered_set>

#include "tests/simulator/population.hpp"

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
  Auditor(const json& effects, const AuditOptions& options, AuditResult& result)
      : effects_(effects), options_(options), result_(result) {}

  void check(const TripReport& trip) {
    known_.insert(trip.trip_id);
    if (!trip.acknowledged) return check_unacknowledged(trip);
    ++result_.acknowledged;
    check_cart(trip);
    if (options_.settlement == AuditedSettlement::none) return;
    if (is_asked(trip) && belief_of(trip) == nullptr) {
      add(trip, "acknowledged, and not in the ledger");
    }
    check_ledgers(trip);
    if (trip.card_entry) return trip.empty ? check_empty_card(trip) : check_card(trip);
    if (!of("payments", trip.trip_id).empty() || !of("checkouts", trip.trip_id).empty()) {
      add(trip, "app entry, and yet Amazon was called");
    }
  }

  void check_strangers() {
    for (const auto* kind : {"carts", "payments", "records", "checkouts", "reports"}) {
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
    constexpr std::array<std::string_view, 5> never{"conflicts", "captures_above_authorised",
                                                    "captures_after_cancel",
                                                    "cancels_after_capture", "checkouts_differing"};
    for (const auto name : never) {
      if (const auto count = number(effects_, name); count > 0) {
        result_.differences.push_back({"", fmt::format("{}: {}", name, count)});
      }
    }
    check_sums();
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

  /// Whether the ledger is to know it.
  bool is_asked(const TripReport& trip) const {
    return options_.beliefs != nullptr && !options_.forgotten.contains(trip.trip_id);
  }

  /// nullptr where the ledger was not asked, or has no such trip.
  const Belief* belief_of(const TripReport& trip) const {
    if (!is_asked(trip)) return nullptr;
    const auto found = options_.beliefs->find(trip.trip_id);
    return found == options_.beliefs->end() ? nullptr : &found->second;
  }

  /// That the cloud priced the trip in.
  std::string currency_of(const TripReport& trip) const {
    const auto currency = text(of("carts", trip.trip_id), "currency");
    return currency.empty() ? "USD" : currency;
  }

  void expect_sum(const TripReport& trip) { sums_[currency_of(trip)] += trip.charge_minor; }

  void check_sums() {
    const auto stated = effects_.find("sums");
    if (stated == effects_.end()) return;
    for (const auto& [currency, sum] : stated->items()) sums_.try_emplace(currency, 0);
    for (const auto& [currency, expected] : sums_) {
      const auto found = stated->find(currency);
      const auto captured = found == stated->end() ? 0 : number(*found, "captured_minor");
      if (captured == expected) continue;
      result_.differences.push_back(
          {"", fmt::format("captured {} {} in minor units in all, expected {}", captured, currency,
                           expected)});
    }
  }

  void check_unacknowledged(const TripReport& trip) {
    const auto& payment = of("payments", trip.trip_id);
    check_never(trip, payment);
    if (number(payment, "captures") > 0) expect_sum(trip);
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

  void check_ledgers(const TripReport& trip) {
    const auto& record = of("records", trip.trip_id);
    const auto found = record.find("ledgers");
    if (found == record.end() || found->size() < 2) return;
    double_up(trip, fmt::format("{} ledgers say that they captured it", found->size()));
  }

  void check_card(const TripReport& trip) {
    const auto* belief = belief_of(trip);
    if (belief != nullptr && belief->is_open()) {
      return add(trip, "not settled: the ledger says " + belief->settlement);
    }
    if (options_.settlement == AuditedSettlement::checkout) return check_checkout(trip, belief);
    const auto& payment = of("payments", trip.trip_id);
    check_never(trip, payment);
    if (belief != nullptr) check_belief(trip, *belief, payment);
    if (is_held(belief, payment)) return check_held(trip, payment, belief);
    check_settled(trip, payment, belief);
  }

  static bool is_held(const Belief* belief, const json& payment) {
    if (belief != nullptr) return belief->is_held();
    const auto authorised = number(payment, "authorised_minor");
    return authorised > 0 && authorised < number(payment, "asked_minor") &&
           number(payment, "captures") == 0;
  }

  void check_held(const TripReport& trip, const json& payment, const Belief* belief) {
    ++result_.held;
    const auto captures = number(payment, "captures");
    if (captures > 1) double_up(trip, fmt::format("captured {} times", captures));
    if (captures == 1) expect_sum(trip);
    if (belief != nullptr) check_uncharged_end(trip, *belief, payment);
  }

  /// That it has expired or was written off is an end, with a record and a report of its own. Of
  /// what may have been charged the desk is told more.
  void check_uncharged_end(const TripReport& trip, const Belief& belief, const json& payment) {
    if (belief.settlement == "held" || belief.is_unclear) return;
    if (number(payment, "captures") > 0) return;  // told by check_belief()
    check_aftermath(trip, belief, payment);
    check_record(trip, belief.settlement == "expired" ? "EXPIRED" : "WRITTEN_OFF");
  }

  void check_settled(const TripReport& trip, const json& payment, const Belief* belief) {
    const auto captures = number(payment, "captures");
    if (number(payment, "cancels") > 0 && captures == 0) {
      add(trip, "cancelled, though it has items");
    }
    if (payment.value("declined", false)) {
      ++result_.declined;
      if (captures > 0) add(trip, "declined, and yet captured");
      if (belief != nullptr) check_aftermath(trip, *belief, payment);
      return check_record(trip, "DECLINED");
    }
    ++result_.to_capture;
    if (captures == 0) return lose(trip, "not captured");
    if (captures > 1) double_up(trip, fmt::format("captured {} times", captures));
    expect_sum(trip);
    const auto minor = number(payment, "captured_minor");
    const auto currency = text(payment, "currency");
    if (minor != trip.charge_minor || currency != currency_of(trip)) {
      add(trip, fmt::format("captured {} {} in minor units, expected {} {}", minor, currency,
                            trip.charge_minor, currency_of(trip)));
    } else if (captures == 1) {
      ++result_.captured;
    }
    if (belief != nullptr) check_aftermath(trip, *belief, payment);
    check_record(trip, "CAPTURED");
  }

  void check_aftermath(const TripReport& trip, const Belief& belief, const json& payment) {
    if (belief.is_aftermath_due) return add(trip, "a refund or report has not come to its end");
    const auto refunded = number(payment, "refunded_minor");
    if (refunded < belief.refunded_minor ||
        refunded > belief.refunded_minor + belief.refund_set_aside_minor) {
      add(trip, fmt::format("the ledger says {} in minor units refunded, the truth is {}",
                            belief.refunded_minor, refunded));
    }
    const auto records = number(of("records", trip.trip_id), "refunds");
    if (records != belief.refunds) {
      add(trip, fmt::format("{} refund records, expected {}", records, belief.refunds));
    }
    if (belief.is_reported) check_report(trip, payment);
  }

  void check_report(const TripReport& trip, const json& payment) {
    const auto& report = of("reports", trip.trip_id);
    if (number(report, "accepted") == 0) {
      return add(trip, "reported to Amazon, which knows nothing");
    }
    const auto captured = number(payment, "captured_minor");
    if (number(report, "settled_minor") == captured &&
        text(report, "currency") == currency_of(trip)) {
      return;
    }
    add(trip, fmt::format("Amazon was told {} {} in minor units settled, the truth is {} {}",
                          number(report, "settled_minor"), text(report, "currency"), captured,
                          currency_of(trip)));
  }

  void check_never(const TripReport& trip, const json& payment) {
    if (number(payment, "captures") > 0 && number(payment, "cancels") > 0) {
      add(trip, "captured and cancelled");
    }
    if (number(payment, "refunded_minor") > number(payment, "captured_minor")) {
      add(trip, "more was refunded than captured");
    }
  }

  static bool is_without_charge(const Belief& belief) {
    const auto& state = belief.settlement;
    if (state == "expired" || state == "written_off") return !belief.is_unclear;
    return state == "declined" || state == "cancelled";
  }

  /// What the ledger calls final must be what happened.
  void check_belief(const TripReport& trip, const Belief& belief, const json& payment) {
    const auto captures = number(payment, "captures");
    const auto& state = belief.settlement;
    if (state == "captured") {
      const Money truth{.minor = number(payment, "captured_minor"),
                        .currency = text(payment, "currency")};
      if (captures != 1 || belief.amount != truth) {
        add(trip, fmt::format("the ledger says captured, the truth is {} captures of {} {} in all",
                              captures, truth.minor, truth.currency));
      }
    } else if (captures > 0 && is_without_charge(belief)) {
      add(trip, fmt::format("the ledger says {}, the truth is captured", state));
    } else if (state == "declined" && !payment.value("declined", false)) {
      add(trip, "the ledger says declined, the truth is not declined");
    } else if (state == "cancelled" && number(payment, "cancels") == 0) {
      add(trip, "the ledger says cancelled, the truth is not cancelled");
    } else if (state.empty()) {
      add(trip, "the ledger has no settlement of it");
    }
  }

  void check_checkout(const TripReport& trip, const Belief* belief) {
    if (!of("payments", trip.trip_id).empty()) add(trip, "checked out, and yet charged as well");
    const auto& checkout = of("checkouts", trip.trip_id);
    const auto times = number(checkout, "effects");
    if (belief != nullptr && belief->is_held()) return check_not_checked_out(trip, *belief, times);
    ++result_.to_check_out;
    if (times == 0) return lose(trip, "not checked out");
    if (times > 1) double_up(trip, fmt::format("checked out {} times", times));
    const auto total = number(checkout, "total_minor");
    const auto currency = text(checkout, "currency");
    if (total != trip.charge_minor || currency != currency_of(trip)) {
      return add(trip, fmt::format("checked out {} {} in minor units, expected {} {}", total,
                                   currency, trip.charge_minor, currency_of(trip)));
    }
    if (times == 1) ++result_.checked_out;
  }

  void check_not_checked_out(const TripReport& trip, const Belief& belief, std::int64_t times) {
    ++result_.held;
    if (times == 0) return check_uncharged_end(trip, belief, of("payments", trip.trip_id));
    if (times > 1) double_up(trip, fmt::format("checked out {} times", times));
    if (!is_without_charge(belief)) return;
    add(trip, fmt::format("the ledger says {}, the truth is checked out", belief.settlement));
  }

  void check_empty_card(const TripReport& trip) {
    if (options_.settlement == AuditedSettlement::checkout) {
      // Amazon cancels by itself: an empty purchaseId says so (services.md 3).
      if (!of("checkouts", trip.trip_id).empty()) add(trip, "an empty cart, and yet checked out");
      return;
    }
    const auto& payment = of("payments", trip.trip_id);
    const auto* belief = belief_of(trip);
    if (belief != nullptr && belief->is_open()) {
      return add(trip, "not settled: the ledger says " + belief->settlement);
    }
    if (belief != nullptr) check_belief(trip, *belief, payment);
    if (number(payment, "captures") > 0) add(trip, "an empty cart, and yet captured");
    if (belief != nullptr && belief->is_held()) {
      ++result_.held;
      return check_uncharged_end(trip, *belief, payment);
    }
    ++result_.to_cancel;
    if (number(payment, "cancels") == 0) return add(trip, "an empty cart, and not cancelled");
    ++result_.cancelled;
    check_record(trip, "CANCELLED");
  }

  void check_record(const TripReport& trip, std::string_view status) {
    const auto& record = of("records", trip.trip_id);
    const auto times = number(record, "effects");
    // What was reopened ends more than once, each time with a record of its own revision. Where
    // the ledger was exchanged, both of them counted.
    const bool exchanged = number(record, "tellers") > 1;
    const auto revisions =
        std::max<std::int64_t>(number(record, exchanged ? "told" : "revision"), 1);
    if (times != revisions) {
      return add(trip, fmt::format("{} payment records, expected {}", times, revisions));
    }
    if (const auto told = text(record, "status"); told != status) {
      add(trip, fmt::format("the payment record says {}, the truth is {}", told, status));
    }
    // It may go without: the box asks for the address a few times only.
    const auto email = text(record, "shopper_email");
    if (!email.empty() && email != email_of(trip.shopper_identity)) {
      add(trip, "the payment record carries somebody else's e-mail address");
    }
  }

  const json& effects_;
  const AuditOptions& options_;
  AuditResult& result_;
  std::map<std::string, std::int64_t> sums_;  // expected to be captured, by currency
  std::unordered_set<std::string> known_;
};

}  // namespace

AuditResult audit(const std::vector<TripReport>& trips, const json& effects,
                  const AuditOptions& options) {
  AuditResult result;
  Auditor auditor(effects, options, result);
  for (const auto& trip : trips) auditor.check(trip);
  auditor.check_strangers();
  auditor.check_totals();
  return result;
}

}  // namespace gatehouse::simulator
