#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "daemon/command/render.hpp"
#include "daemon/command/shown.hpp"
#include "store/values/age.hpp"

namespace gatehouse::command {
namespace {

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
    std::string word = for_terminal(name);
    std::ranges::replace(word, '_', ' ');
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", count.dump(), word);
  }
  return out.empty() ? "none" : out;
}

std::string listening(const Json& status) {
  std::string out;
  for (const Json& address : status.value(Pointer("/gate/listening"), Json::array())) {
    out += (out.empty() ? "" : ", ") + for_terminal(address.get<std::string>());
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
    rows.push_back({"", for_terminal(whose) + " role", credentials_text(keys)});
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

}  // namespace

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

}  // namespace gatehouse::command
