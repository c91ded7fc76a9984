#include "daemon/command/render.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/command/shown.hpp"
#include "store/values/printable.hpp"

namespace gatehouse::command {
namespace {

/// '' where there is none.
std::string money_text(JsonValue trip, const std::string& name) {
  const std::string amount = text(trip, "settlement." + name + ".amount");
  return amount.empty() ? "" : amount + " " + text(trip, "settlement." + name + ".code");
}

std::string amount_text(JsonValue trip) {
  std::string out = money_text(trip, "amount");
  if (out.empty()) return "no price yet";
  for (const auto& [name, what] :
       {std::pair("approvedAmount", "approved"), std::pair("partToCapture", "of which is captured"),
        std::pair("confirmedAmount", "confirmed")}) {
    if (const auto money = money_text(trip, name); !money.empty()) {
      out += fmt::format("; {}: {}", what, money);
    }
  }
  return out;
}

/// '' where none was sent.
std::string captures_text(JsonValue trip) {
  const auto sent = number(trip, "settlement.capturesSent");
  if (sent == 0) return "";
  std::string out = fmt::format("{} sent", sent);
  if (const auto not_done = number(trip, "settlement.capturesNotDone"); not_done > 0) {
    out += fmt::format(", {} certainly without effect", not_done);
  }
  if (!flag(trip, "settlement.chargeUnclear")) return out;
  out +=
      fmt::format("; unclear, {} queries showed no charge", number(trip, "settlement.clearLooks"));
  const auto next = text(trip, "settlement.nextAttemptAt");
  return next.empty() ? out : out + ", next " + next;
}

Rows record_rows(JsonValue records) {
  Rows rows{{"ID", "KIND", "STATE", "TRIES", "CREATED", "TRIP", "REASON"}};
  for (const JsonValue record : records.children()) {
    const char* const tries = record["times"].is(sync::JsonKind::missing) ? "attempts" : "times";
    rows.push_back({text(record, "id"), text(record, "kind"), text(record, "state"),
                    text(record, tries), text(record, "createdAt"), text(record, "tripId"),
                    text(record, "reason")});
  }
  return rows;
}

Rows history_rows(JsonValue history) {
  Rows rows;
  for (const JsonValue entry : history.children()) {
    rows.push_back({"", text(entry, "at"), text(entry, "state"), text(entry, "reason")});
  }
  return rows;
}

}  // namespace

std::string render_trip(JsonValue trip) {
  std::string out =
      fmt::format("Trip {} ({} entry)\n\n", text(trip, "tripId"), text(trip, "entry"));
  Rows rows{{"", "began", text(trip, "startedAt")},
            {"", "cart received", text(trip, "receivedAt")},
            {"", "purchase id", text(trip, "purchaseId")},
            {"", "differing carts", text(trip, "differingCarts")}};
  if (trip["settlement"].is(sync::JsonKind::object)) {
    rows.push_back({"", "charge", text(trip, "settlement.state") + ", " + amount_text(trip)});
    rows.push_back({"", "charge deadline", text(trip, "settlement.chargeDeadlineAt")});
    if (const auto captures = captures_text(trip); !captures.empty()) {
      rows.push_back({"", "captures", captures});
    }
    rows.push_back({"", "reason", text(trip, "settlement.reason")});
    if (const auto named = text(trip, "settlement.priceLedger"); !named.empty()) {
      rows.push_back({"", "price for ledger", named});
    }
    if (flag(trip, "settlement.withheld")) {
      const bool by_birth = text(trip, "settlement.withheldBecause") == "trip_before_ledger";
      rows.push_back({"", "withheld",
                      fmt::format("until `gatehouse ledger accept`: {}",
                                  by_birth ? "the trip began before this ledger was created"
                                           : "the ledger lacks history")});
    }
  } else {
    rows.push_back({"", "charge", "not settled by this box"});
  }
  for (const JsonValue refund : trip["refunds"].children()) {
    rows.push_back({"", "refund",
                    fmt::format("{} {} {}, {} (record {})", text(refund, "amount.amount"),
                                text(refund, "amount.code"), text(refund, "reason"),
                                text(refund, "state"), number(refund, "record"))});
  }
  out += columns(rows) + "\n" + columns(record_rows(trip["deliveries"]));
  const Rows history = history_rows(trip["history"]);
  return history.empty() ? out : out + "\nhistory\n" + columns(history);
}

std::string render_export(const std::string& bytes, bool to_terminal) {
  return to_terminal ? printable(bytes, bytes.size()) + "\n" : bytes;
}

std::string render_refused(JsonValue cart) {
  std::string record = "not forwarded";
  if (!text(cart, "record").empty()) {
    record = fmt::format("record {}, {}", text(cart, "record"), text(cart, "recordState"));
  }
  return fmt::format("Refused cart {}\n\n", text(cart, "id")) +
         columns({{"", "trip", text(cart, "tripId")},
                  {"", "answered 400", text(cart, "reason")},
                  {"", "came", text(cart, "times") + " times"},
                  {"", "first", text(cart, "createdAt")},
                  {"", "last", text(cart, "lastAt")},
                  {"", "caller", text(cart, "caller")},
                  {"", "bytes", text(cart, "bytes")},
                  {"", "cloud", record}});
}

std::string render_acceptance(JsonValue answer) {
  const bool accepted = flag(answer, "accepted");
  std::string amounts;
  for (const JsonValue amount : answer.find("withheld.amounts").children()) {
    amounts += (amounts.empty() ? "" : ", ") + text(amount);
  }
  if (answer["gap"].is_absent()) {
    return columns({{"", accepted ? "charges resumed" : "charges withheld",
                     fmt::format("{} of trips from before a gap that was accepted{}",
                                 text(answer, "withheld.count"),
                                 amounts.empty() ? "" : ": " + amounts)}}) +
           (accepted ? "accepted\n" : "nothing was changed: run it without --dry-run to accept\n");
  }
  return columns(
             {{"", "gap", text(answer, "gap.kind") + ", found " + text(answer, "gap.foundAt")},
              {"", "expected",
               text(answer, "gap.expected").empty()
                   ? "not known"
                   : fmt::format(
                         "ledger {}, era {}, sequence {}", text(answer, "gap.expected.ledger"),
                         text(answer, "gap.expected.era"), text(answer, "gap.expected.sequence"))},
              {"", "the ledger had", "sequence " + text(answer, "gap.sequence")},
              {"", accepted ? "charges resumed" : "charges withheld",
               fmt::format("{} ({} without a price){}", text(answer, "withheld.count"),
                           text(answer, "withheld.withoutPrice"),
                           amounts.empty() ? "" : ": " + amounts)}}) +
         (accepted ? "accepted\n" : "nothing was changed: run it without --dry-run to accept\n");
}

std::string render_charges(JsonValue page) {
  const JsonValue charges = page["trips"];
  if (charges.children().empty()) return "no charges\n";
  Rows rows{{"TRIP", "STATE", "AMOUNT", "BEGAN", "REASON"}};
  for (const JsonValue charge : charges.children()) {
    const auto amount = text(charge, "amount.amount");
    rows.push_back({text(charge, "tripId"), text(charge, "state"),
                    amount.empty() ? "" : amount + " " + text(charge, "amount.code"),
                    text(charge, "startedAt"), text(charge, "reason")});
  }
  std::string out = columns(rows);
  if (!page["next"].is_absent()) {
    out += fmt::format(
        "there are more: raise --limit (maximum 500), or use GET "
        "/local/v1/trips?state={}&after={}\n",
        text(*charges.children().begin(), "state"), text(page, "next"));
  }
  return out;
}

std::string render_records(JsonValue page) {
  const JsonValue records = page["records"];
  if (records.children().empty()) return "no records\n";
  std::string out = columns(record_rows(records));
  if (!page["next"].is_absent()) {
    out += fmt::format(
        "there are more: raise --limit (maximum 500), or use GET "
        "/local/v1/records?after={}\n",
        text(page, "next"));
  }
  return out;
}

}  // namespace gatehouse::command
