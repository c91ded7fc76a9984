#include "daemon/command/render.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "store/values/age.hpp"
#include "store/values/printable.hpp"

namespace gatehouse::command {
namespace {

using Json = nlohmann::json;
using Pointer = Json::json_pointer;
using Rows = std::vector<std::vector<std::string>>;

std::string text(const Json& from, const char* path) {
  const Pointer pointer(path);
  if (!from.contains(pointer)) return "";
  const Json& value = from.at(pointer);
  if (value.is_null()) return "";
  return value.is_string() ? printable(value.get<std::string>()) : value.dump();
}

std::int64_t number(const Json& from, const char* path) {
  const Pointer pointer(path);
  if (!from.contains(pointer) || !from.at(pointer).is_number_integer()) return 0;
  return from.at(pointer).get<std::int64_t>();
}

bool flag(const Json& from, const char* path) {
  return text(from, path) == "true";
}

std::string age(const Json& from, const char* path) {
  return age_text(std::chrono::seconds(number(from, path)));
}

// "1204 accepted, 12 unknown"; what is zero is left out.
std::string counts(const Json& from, const char* path) {
  std::string out;
  const Pointer pointer(path);
  if (!from.contains(pointer)) return "none";
  for (const auto& [name, count] : from.at(pointer).items()) {
    if (count == 0) continue;
    std::string word = printable(name);
    std::ranges::replace(word, '_', ' ');
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", count.dump(), word);
  }
  return out.empty() ? "none" : out;
}

std::string listening(const Json& status) {
  std::string out;
  for (const Json& address : status.value(Pointer("/gate/listening"), Json::array())) {
    out += (out.empty() ? "" : ", ") + printable(address.get<std::string>());
  }
  return out.empty() ? "not listening" : out;
}

std::string cache_text(const Json& status) {
  const std::string shoppers = text(status, "/cache/shoppers") + " shoppers, ";
  if (text(status, "/cache/syncedAt").empty()) return shoppers + "never synced";
  return shoppers + "synced " + age(status, "/cache/ageSeconds") + " ago";
}

std::string feed_text(const Json& status) {
  if (!flag(status, "/feed/configured")) return "not configured";
  std::string out = text(status, "/feed/changesApplied") + " changes";
  if (flag(status, "/feed/rebuilding")) out += ", being read again from the start";
  if (const auto ignored = number(status, "/feed/documentsIgnored"); ignored > 0) {
    out += fmt::format(", {} documents of other types", ignored);
  }
  if (const auto unclear = number(status, "/feed/documentsUnclear"); unclear > 0) {
    out += fmt::format(", {} invalid ({} shoppers rejected for that)", unclear,
                       number(status, "/feed/shoppersUnclear"));
  }
  const std::string flaws = counts(status, "/feed/rowsFlawed");
  return flaws == "none" ? out : out + ", rows with errors: " + flaws;
}

/// The last rows of the feed that could not be used, the newest last; nothing where there is none.
Rows flawed_rows(const Json& status) {
  Rows rows;
  for (const Json& row : status.value(Pointer("/feed/lastFlawed"), Json::array())) {
    rows.push_back({"", text(row, "/at"), text(row, "/id"), text(row, "/seq"), text(row, "/text")});
  }
  return rows;
}

std::string destination_text(const Json& status, const std::string& name) {
  const std::string path = "/destinations/" + name;
  if (!flag(status, (path + "/configured").c_str())) return "not configured";
  if (!flag(status, (path + "/reachable").c_str())) return "not reachable";
  if (number(status, (path + "/successes").c_str()) > 0) return "reachable";
  const bool tried = number(status, (path + "/failures").c_str()) > 0;
  return tried ? "no answer since the start" : "not asked since the start";
}

std::string cloud_text(const Json& status) {
  std::string out = fmt::format("{}, {} waiting", destination_text(status, "cloud"),
                                text(status, "/deliveries/pending"));
  if (!text(status, "/deliveries/oldestPendingAt").empty()) {
    out += fmt::format(" (the oldest for {})", age(status, "/deliveries/oldestPendingAgeSeconds"));
  }
  return out + fmt::format(", {} delivered, {} set aside", text(status, "/deliveries/delivered"),
                           text(status, "/deliveries/setAside"));
}

std::string charges_text(const Json& status) {
  if (!flag(status, "/settlement/enabled")) return "settled by the cloud";
  std::string out =
      fmt::format("{}, {} open ({} without a price), {} captured, {} held, {} declined",
                  destination_text(status, "payments"), text(status, "/settlement/open"),
                  text(status, "/settlement/awaitingPrice"), text(status, "/settlement/captured"),
                  text(status, "/settlement/held"), text(status, "/settlement/declined"));
  for (const auto& [path, word] : {std::pair{"/settlement/capturesUnclear", "unclear"},
                                   {"/settlement/checkedOut", "checked out"},
                                   {"/settlement/notGranted", "not granted"},
                                   {"/settlement/settledElsewhere", "settled elsewhere"},
                                   {"/settlement/writtenOff", "written off"},
                                   {"/settlement/expired", "expired"}}) {
    if (const auto count = number(status, path); count > 0) {
      out += fmt::format(", {} {}", count, word);
    }
  }
  return out;
}

std::string credentials_text(const Json& keys) {
  if (!flag(keys, "/needed")) return "not needed";
  std::string out = "from " + text(keys, "/source");
  if (const auto role = text(keys, "/role"); !role.empty()) out += ", as " + role;
  if (!flag(keys, "/usable")) return out + ", none: " + text(keys, "/usedFor") + " wait";
  const auto until = text(keys, "/expiresAt");
  if (until.empty()) return out + ", without expiry";
  return out + fmt::format(", until {} ({})", until, age(keys, "/expiresInSeconds"));
}

/// Of the roles that feed and cloud have of their own.
void append_own_credentials(const Json& status, Rows& rows) {
  const Json own = status.value("ownCredentials", Json::object());
  for (const auto& [whose, keys] : own.items()) {
    rows.push_back({"", printable(whose) + " role", credentials_text(keys)});
  }
}

std::string clock_text(const Json& status) {
  const auto state = text(status, "/clock/state");
  if (state.empty()) return "not known";
  return state + fmt::format(" ({} hosts agree, {} disagree, kernel {})",
                             number(status, "/clock/hostsThatAgree"),
                             number(status, "/clock/hostsThatDisagree"),
                             flag(status, "/clock/kernelSynchronised") ? "synchronised"
                                                                       : "not synchronised");
}

std::string ledger_text(const Json& status) {
  if (text(status, "/ledger/open") == "false") return "not open: carts are answered 503";
  std::string out = text(status, "/ledger/trips") + " trips";
  if (const auto name = text(status, "/ledger/name"); !name.empty()) out = name + ", " + out;
  if (const auto withheld = number(status, "/ledger/withheldCharges/count"); withheld > 0) {
    out += fmt::format(", {} charges withheld", withheld);
  }
  if (const auto refused = number(status, "/ledger/refusedCarts/waiting"); refused > 0) {
    out += fmt::format(", {} refused carts", refused);
  }
  return out;
}

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

std::string printable(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
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

std::string render_status(const Json& status) {
  std::string out =
      fmt::format("Gatehouse {}: {} (version {}, up {})\n\n", text(status, "/storeId"),
                  text(status, "/health"), text(status, "/version"), age(status, "/uptimeSeconds"));
  Rows rows{
      {"", "gate",
       fmt::format("{}, {} connections", listening(status), text(status, "/gate/connections"))},
      {"", "scans", counts(status, "/gate/scans")},
      {"", "carts", counts(status, "/gate/carts")},
      {"", "cache", cache_text(status)},
      {"", "feed", feed_text(status)},
      {"", "cloud", cloud_text(status)},
      {"", "charges", charges_text(status)},
      {"", "credentials", credentials_text(status.value("credentials", Json::object()))},
      {"", "clock", clock_text(status)},
      {"", "ledger", ledger_text(status)}};
  append_own_credentials(status, rows);
  out += columns(rows);
  const Rows flawed = flawed_rows(status);
  if (!flawed.empty()) out += "\nlatest feed rows with errors\n" + columns(flawed);
  const Json warnings = status.value("warnings", Json::array());
  if (!warnings.empty()) out += "\n";
  for (const Json& warning : warnings) {
    out += fmt::format("{}: {}\n", text(warning, "/severity"), text(warning, "/text"));
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
  return to_terminal ? gatehouse::printable(bytes, bytes.size()) + "\n" : bytes;
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
    amounts += (amounts.empty() ? "" : ", ") + printable(amount.get<std::string>());
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
