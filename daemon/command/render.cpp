#include "daemon/command/render.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/command/shown.hpp"
#include "store/values/printable.hpp"
#include "store/values/text/ascii.hpp"

namespace gatehouse::command {
namespace {

/// '' where there is none.
std::string money_text(const Json& trip, const std::string& name) {
  const std::string amount = text(trip, ("/settlement/" + name + "/amount").c_str());
  return amount.empty() ? "" : amount + " " + text(trip, ("/settlement/" + name + "/code").c_str());
}

std::string amount_text(const Json& trip) {
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
std::string captures_text(const Json& trip) {
  const auto sent = number(trip, "/settlement/capturesSent");
  if (sent == 0) return "";
  std::string out = fmt::format("{} sent", sent);
  if (const auto not_done = number(trip, "/settlement/capturesNotDone"); not_done > 0) {
    out += fmt::format(", {} certainly without effect", not_done);
  }
  if (!flag(trip, "/settlement/chargeUnclear")) return out;
  out +=
      fmt::format("; unclear, {} queries showed no charge", number(trip, "/settlement/clearLooks"));
  const auto next = text(trip, "/settlement/nextAttemptAt");
  return next.empty() ? out : out + ", next " + next;
}

Rows record_rows(const Json& records) {
  Rows rows{{"ID", "KIND", "STATE", "TRIES", "CREATED", "TRIP", "REASON"}};
  for (const Json& record : records) {
    const char* const tries = record.contains("times") ? "/times" : "/attempts";
    rows.push_back({text(record, "/id"), text(record, "/kind"), text(record, "/state"),
                    text(record, tries), text(record, "/createdAt"), text(record, "/tripId"),
                    text(record, "/reason")});
  }
  return rows;
}

Rows history_rows(const Json& history) {
  Rows rows;
  for (const Json& entry : history) {
    rows.push_back({"", text(entry, "/at"), text(entry, "/state"), text(entry, "/reason")});
  }
  return rows;
}

}  // namespace

std::string for_terminal(std::string text) {
  std::ranges::replace_if(text, is_control, '?');
  return text;
}

std::string columns(const Rows& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += fmt::format("{:<{}}", row[i], widths[i] + 2);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string render_trip(const Json& trip) {
  std::string out =
      fmt::format("Trip {} ({} entry)\n\n", text(trip, "/tripId"), text(trip, "/entry"));
  Rows rows{{"", "began", text(trip, "/startedAt")},
            {"", "cart received", text(trip, "/receivedAt")},
            {"", "purchase id", text(trip, "/purchaseId")},
            {"", "differing carts", text(trip, "/differingCarts")}};
  if (trip.contains("settlement") && trip["settlement"].is_object()) {
    rows.push_back({"", "charge", text(trip, "/settlement/state") + ", " + amount_text(trip)});
    rows.push_back({"", "charge deadline", text(trip, "/settlement/chargeDeadlineAt")});
    if (const auto captures = captures_text(trip); !captures.empty()) {
      rows.push_back({"", "captures", captures});
    }
    rows.push_back({"", "reason", text(trip, "/settlement/reason")});
    if (const auto named = text(trip, "/settlement/priceLedger"); !named.empty()) {
      rows.push_back({"", "price for ledger", named});
    }
    if (flag(trip, "/settlement/withheld")) {
      const bool by_birth = text(trip, "/settlement/withheldBecause") == "trip_before_ledger";
      rows.push_back({"", "withheld",
                      fmt::format("until `gatehouse ledger accept`: {}",
                                  by_birth ? "the trip began before this ledger was created"
                                           : "the ledger lacks history")});
    }
  } else {
    rows.push_back({"", "charge", "not settled by this box"});
  }
  for (const Json& refund : trip.value("refunds", Json::array())) {
    rows.push_back(
        {"", "refund",
         fmt::format("{} {} {}, {}", text(refund, "/amount/amount"), text(refund, "/amount/code"),
                     text(refund, "/reason"), text(refund, "/state"))});
  }
  out += columns(rows) + "\n" + columns(record_rows(trip.value("deliveries", Json::array())));
  const Rows history = history_rows(trip.value("history", Json::array()));
  return history.empty() ? out : out + "\nhistory\n" + columns(history);
}

std::string render_export(const std::string& bytes, bool to_terminal) {
  return to_terminal ? printable(bytes, bytes.size()) + "\n" : bytes;
}

std::string render_refused(const Json& cart) {
  std::string record = "not forwarded";
  if (!text(cart, "/record").empty()) {
    record = fmt::format("record {}, {}", text(cart, "/record"), text(cart, "/recordState"));
  }
  return fmt::format("Refused cart {}\n\n", text(cart, "/id")) +
         columns({{"", "trip", text(cart, "/tripId")},
                  {"", "answered 400", text(cart, "/reason")},
                  {"", "came", text(cart, "/times") + " times"},
                  {"", "first", text(cart, "/createdAt")},
                  {"", "last", text(cart, "/lastAt")},
                  {"", "caller", text(cart, "/caller")},
                  {"", "bytes", text(cart, "/bytes")},
                  {"", "cloud", record}});
}

std::string render_acceptance(const Json& answer) {
  const bool accepted = flag(answer, "/accepted");
  std::string amounts;
  for (const Json& amount : answer.value(Pointer("/withheld/amounts"), Json::array())) {
    amounts += (amounts.empty() ? "" : ", ") + for_terminal(amount.get<std::string>());
  }
  if (answer.value("gap", Json()).is_null()) {
    return columns({{"", accepted ? "charges resumed" : "charges withheld",
                     fmt::format("{} of trips from before a gap that was accepted{}",
                                 text(answer, "/withheld/count"),
                                 amounts.empty() ? "" : ": " + amounts)}}) +
           (accepted ? "accepted\n" : "nothing was changed: run it without --dry-run to accept\n");
  }
  return columns(
             {{"", "gap", text(answer, "/gap/kind") + ", found " + text(answer, "/gap/foundAt")},
              {"", "expected",
               text(answer, "/gap/expected").empty()
                   ? "not known"
                   : fmt::format("ledger {}, era {}, sequence {}",
                                 text(answer, "/gap/expected/ledger"),
                                 text(answer, "/gap/expected/era"),
                                 text(answer, "/gap/expected/sequence"))},
              {"", "the ledger had", "sequence " + text(answer, "/gap/sequence")},
              {"", accepted ? "charges resumed" : "charges withheld",
               fmt::format("{} ({} without a price){}", text(answer, "/withheld/count"),
                           text(answer, "/withheld/withoutPrice"),
                           amounts.empty() ? "" : ": " + amounts)}}) +
         (accepted ? "accepted\n" : "nothing was changed: run it without --dry-run to accept\n");
}

std::string render_charges(const Json& page) {
  const Json charges = page.value("trips", Json::array());
  if (charges.empty()) return "no charges\n";
  Rows rows{{"TRIP", "STATE", "AMOUNT", "BEGAN", "REASON"}};
  for (const Json& charge : charges) {
    const auto amount = text(charge, "/amount/amount");
    rows.push_back({text(charge, "/tripId"), text(charge, "/state"),
                    amount.empty() ? "" : amount + " " + text(charge, "/amount/code"),
                    text(charge, "/startedAt"), text(charge, "/reason")});
  }
  std::string out = columns(rows);
  if (page.contains("next") && !page["next"].is_null()) {
    out += fmt::format(
        "there are more: raise --limit (maximum 500), or use GET "
        "/local/v1/trips?state={}&after={}\n",
        text(charges.front(), "/state"), text(page, "/next"));
  }
  return out;
}

std::string render_records(const Json& page) {
  const Json records = page.value("records", Json::array());
  if (records.empty()) return "no records\n";
  std::string out = columns(record_rows(records));
  if (page.contains("next") && !page["next"].is_null()) {
    out += fmt::format(
        "there are more: raise --limit (maximum 500), or use GET "
        "/local/v1/records?after={}\n",
        text(page, "/next"));
  }
  return out;
}

}  // namespace gatehouse::command
