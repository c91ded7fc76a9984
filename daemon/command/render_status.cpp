#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "daemon/command/render.hpp"
#include "daemon/command/shown.hpp"
#include "store/values/age.hpp"

namespace gatehouse::command {
namespace {

std::string age(JsonValue from, std::string_view path) {
  return age_text(std::chrono::seconds(number(from, path)));
}

// "1204 accepted, 12 unknown"; what is zero is left out.
std::string counts(JsonValue from, std::string_view path) {
  std::string out;
  for (const JsonValue count : from.find(path).children()) {
    const std::string shown = text(count);
    if (shown == "0") continue;
    std::string word = for_terminal(std::string(count.name()));
    std::ranges::replace(word, '_', ' ');
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", shown, word);
  }
  return out.empty() ? "none" : out;
}

std::string listening(JsonValue status) {
  std::string out;
  for (const JsonValue address : status.find("gate.listening").children()) {
    out += (out.empty() ? "" : ", ") + text(address);
  }
  return out.empty() ? "not listening" : out;
}

std::string cache_text(JsonValue status) {
  const std::string shoppers = text(status, "cache.shoppers") + " shoppers, ";
  if (text(status, "cache.syncedAt").empty()) return shoppers + "never synced";
  return shoppers + "synced " + age(status, "cache.ageSeconds") + " ago";
}

std::string feed_text(JsonValue status) {
  if (!flag(status, "feed.configured")) return "not configured";
  std::string out = text(status, "feed.changesApplied") + " changes";
  if (flag(status, "feed.rebuilding")) out += ", being read again from the start";
  if (const auto ignored = number(status, "feed.documentsIgnored"); ignored > 0) {
    out += fmt::format(", {} documents of other types", ignored);
  }
  if (const auto unclear = number(status, "feed.documentsUnclear"); unclear > 0) {
    out += fmt::format(", {} invalid ({} shoppers rejected for that)", unclear,
                       number(status, "feed.shoppersUnclear"));
  }
  const std::string flaws = counts(status, "feed.rowsFlawed");
  return flaws == "none" ? out : out + ", rows with errors: " + flaws;
}

/// The last rows of the feed that could not be used, the newest last; nothing where there is none.
Rows flawed_rows(JsonValue status) {
  Rows rows;
  for (const JsonValue row : status.find("feed.lastFlawed").children()) {
    rows.push_back({"", text(row, "at"), text(row, "id"), text(row, "seq"), text(row, "text")});
  }
  return rows;
}

std::string reach_text(JsonValue status, const std::string& path) {
  if (!flag(status, path + ".configured")) return "not configured";
  if (!flag(status, path + ".reachable")) return "not reachable";
  if (number(status, path + ".successes") > 0) return "reachable";
  const bool tried = number(status, path + ".failures") > 0;
  return tried ? "no answer since the start" : "not asked since the start";
}

/// Few answers take longer.
constexpr std::int64_t wait_shown_s = 10;

std::string destination_text(JsonValue status, const std::string& name) {
  const std::string path = "destinations." + name;
  const std::string reach = reach_text(status, path);
  if (number(status, path + ".longestWaitSeconds") < wait_shown_s) return reach;
  return reach + " (a call for " + age(status, path + ".longestWaitSeconds") + ")";
}

std::string cloud_text(JsonValue status) {
  std::string out = fmt::format("{}, {} waiting", destination_text(status, "cloud"),
                                text(status, "deliveries.pending"));
  if (!text(status, "deliveries.oldestPendingAt").empty()) {
    out += fmt::format(" (the oldest for {})", age(status, "deliveries.oldestPendingAgeSeconds"));
  }
  const auto to_amazon =
      number(status, "deliveries.pendingRefunds") + number(status, "deliveries.pendingReports");
  if (to_amazon > 0) out += fmt::format(", {} of them for Amazon", to_amazon);
  return out + fmt::format(", {} delivered, {} set aside", text(status, "deliveries.delivered"),
                           text(status, "deliveries.setAside"));
}

std::string charges_text(JsonValue status) {
  if (!flag(status, "settlement.enabled")) return "settled by the cloud";
  std::string out =
      fmt::format("{}, {} open ({} without a price), {} captured, {} held, {} declined",
                  destination_text(status, "payments"), text(status, "settlement.open"),
                  text(status, "settlement.awaitingPrice"), text(status, "settlement.captured"),
                  text(status, "settlement.held"), text(status, "settlement.declined"));
  for (const auto& [path, word] : {std::pair{"settlement.capturesUnclear", "unclear"},
                                   {"settlement.checkedOut", "checked out"},
                                   {"settlement.notGranted", "not granted"},
                                   {"settlement.settledElsewhere", "settled elsewhere"},
                                   {"settlement.writtenOff", "written off"},
                                   {"settlement.expired", "expired"}}) {
    if (const auto count = number(status, path); count > 0) {
      out += fmt::format(", {} {}", count, word);
    }
  }
  return out;
}

std::string credentials_text(JsonValue keys) {
  if (!flag(keys, "needed")) return "not needed";
  std::string out = "from " + text(keys, "source");
  if (const auto role = text(keys, "role"); !role.empty()) out += ", as " + role;
  if (!flag(keys, "usable")) return out + ", none: " + text(keys, "usedFor") + " wait";
  const auto until = text(keys, "expiresAt");
  if (until.empty()) return out + ", without expiry";
  return out + fmt::format(", until {} ({})", until, age(keys, "expiresInSeconds"));
}

/// Of the roles that feed and cloud have of their own.
void append_own_credentials(JsonValue status, Rows& rows) {
  for (const JsonValue keys : status["ownCredentials"].children()) {
    rows.push_back({"", for_terminal(std::string(keys.name())) + " role", credentials_text(keys)});
  }
}

std::string clock_text(JsonValue status) {
  const auto state = text(status, "clock.state");
  if (state.empty()) return "not known";
  return state + fmt::format(" ({} hosts agree, {} disagree, kernel {})",
                             number(status, "clock.hostsThatAgree"),
                             number(status, "clock.hostsThatDisagree"),
                             flag(status, "clock.kernelSynchronised") ? "synchronised"
                                                                      : "not synchronised");
}

/// "2025-05-02T00:00:01Z": nobody reads the milliseconds.
std::string to_second(std::string time) {
  const auto point = time.find('.');
  if (point != time.npos) time.erase(point, time.size() - point - 1);
  return time;
}

/// A row for each that is not well; an older daemon does not say.
void append_parts(JsonValue status, Rows& rows) {
  const auto parts = status["parts"].children();
  std::string title = "parts";
  for (const JsonValue part : parts) {
    const std::string state = text(part, "state");
    if (state == "well") continue;
    std::string name = text(part, "part");
    std::ranges::replace(name, '_', ' ');
    rows.push_back({"", std::exchange(title, ""),
                    fmt::format("{} {} since {} ({})", name, state, to_second(text(part, "since")),
                                text(part, "code"))});
  }
  if (!title.empty() && !parts.empty()) rows.push_back({"", title, "all well"});
}

std::string ledger_text(JsonValue status) {
  if (text(status, "ledger.open") == "false") return "not open: carts are answered 503";
  std::string out = text(status, "ledger.trips") + " trips";
  if (const auto name = text(status, "ledger.name"); !name.empty()) out = name + ", " + out;
  if (const auto withheld = number(status, "ledger.withheldCharges.count"); withheld > 0) {
    out += fmt::format(", {} charges withheld", withheld);
  }
  if (const auto refused = number(status, "ledger.refusedCarts.waiting"); refused > 0) {
    out += fmt::format(", {} refused carts", refused);
  }
  return out;
}

}  // namespace

std::string render_status(JsonValue status) {
  std::string out =
      fmt::format("Gatehouse {}: {} (version {}, up {})\n\n", text(status, "storeId"),
                  text(status, "health"), text(status, "version"), age(status, "uptimeSeconds"));
  Rows rows{
      {"", "gate",
       fmt::format("{}, {} connections", listening(status), text(status, "gate.connections"))},
      {"", "scans", counts(status, "gate.scans")},
      {"", "carts", counts(status, "gate.carts")},
      {"", "cache", cache_text(status)},
      {"", "feed", feed_text(status)},
      {"", "cloud", cloud_text(status)},
      {"", "charges", charges_text(status)},
      {"", "credentials", credentials_text(status["credentials"])},
      {"", "clock", clock_text(status)},
      {"", "ledger", ledger_text(status)}};
  append_parts(status, rows);
  append_own_credentials(status, rows);
  out += columns(rows);
  const Rows flawed = flawed_rows(status);
  if (!flawed.empty()) out += "\nlatest feed rows with errors\n" + columns(flawed);
  const auto warnings = status["warnings"].children();
  if (!warnings.empty()) out += "\n";
  for (const JsonValue warning : warnings) {
    out += fmt::format("{}: {}\n", text(warning, "severity"), text(warning, "text"));
  }
  return out;
}

}  // namespace gatehouse::command
