// `gatehouse ledger verify`: asks for one page after the other.
#include <fmt/format.h>

#include <ostream>
#include <vector>

#include "daemon/command/bulk.hpp"
#include "daemon/command/client.hpp"
#include "daemon/command/list/pages.hpp"
#include "daemon/command/shown.hpp"
#include "store/values/json_object.hpp"

namespace gatehouse::command {
namespace {

/// A page takes two seconds, and more where the disk is slow.
constexpr std::chrono::seconds page_deadline{60};
/// So often it is said how far it is.
constexpr std::int64_t told_every = 1'000'000;
/// Found places are kept and named so often, and counted beyond that: a disk that fails has
/// millions.
constexpr std::size_t named_max = 1'000;

struct Verified {
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
  std::int64_t places = 0;
  std::vector<std::string> json{};  ///< of the found places, as the daemon says it
  Rows shown{};
};

std::string place_of(JsonValue found) {
  const auto from = text(found, "row");
  const auto to = text(found, "rowTo");
  const std::string rows = to.empty() ? from + " to the end" : from + " to " + to;
  return fmt::format("{} {}", text(found, "table"), from == to ? from : rows);
}

void add_page(JsonValue page, Verified& verified) {
  verified.rows += number(page, "rows");
  verified.bytes += number(page, "bytes");
  for (const JsonValue found : page["found"].children()) {
    ++verified.places;
    if (verified.json.size() >= named_max) continue;
    append_json(verified.json.emplace_back(), found);
    verified.shown.push_back({"", place_of(found), text(found, "tripId"), text(found, "what")});
  }
}

struct Trouble {
  ExitCode exit_code = ExitCode::ok;
  std::string message{};
};

Trouble ask_pages(const Arguments& arguments, Verified& verified, std::ostream& err) {
  std::optional<std::int64_t> after = 0;
  while (after) {
    const auto body = JsonObject().number("after", *after).done();
    const auto reply =
        call(arguments.socket, "POST", "/local/v1/ledger/verify", body, page_deadline);
    if (!reply) return {reply.error().exit_code, reply.error().message};
    const auto page = answer_in(*reply, arguments.socket);
    if (!page) return {page.error().exit_code, page.error().message};
    if (reply->status != 200) {
      return {refusal_code(reply->status), text(page->root(), "errorMsg")};
    }
    if (!is_verified_page(page->root())) {
      return {ExitCode::unreachable, not_gatehoused(arguments.socket).message};
    }
    const auto rows_before = verified.rows;
    add_page(page->root(), verified);
    const auto next = whole(page->root()["next"]);
    if (next && *next <= *after) return {ExitCode::unreachable, "the daemon makes no progress"};
    after = next;
    if (rows_before / told_every < verified.rows / told_every && !arguments.json) {
      err << fmt::format("{} million rows so far …\n", verified.rows / told_every);
    }
  }
  return {};
}

std::string shown(const Verified& verified, bool is_whole) {
  std::string out = fmt::format("{} rows and index entries verified ({} MiB)\n", verified.rows,
                                verified.bytes >> 20);
  if (verified.places == 0) return out + (is_whole ? "no damage found\n" : "");
  out += fmt::format("damaged in {} places:\n", verified.places) + columns(verified.shown);
  if (verified.places > std::ssize(verified.shown)) {
    out += fmt::format("  and {} more\n", verified.places - std::ssize(verified.shown));
  }
  return out +
         "Damaged records are not sent, and all others continue. Keep the box running, and follow "
         "the runbook for ledger_damaged\n";
}

}  // namespace

ExitCode verify_ledger(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  Verified verified;
  const Trouble trouble = ask_pages(arguments, verified, err);
  const bool is_whole = trouble.exit_code == ExitCode::ok;
  if (arguments.json) {
    out << JsonObject()
               .boolean("complete", is_whole)
               .number("rows", verified.rows)
               .number("bytes", verified.bytes)
               .number("places", verified.places)
               .json("found", json_array(verified.json))
               .done()
        << "\n";
  } else if (is_whole || verified.rows > 0) {
    out << shown(verified, is_whole);
  }
  if (!is_whole) {
    err << "gatehouse: " << trouble.message << "; the ledger was not verified to its end\n";
    return trouble.exit_code;
  }
  return verified.places == 0 ? ExitCode::ok : ExitCode::unhealthy;
}

}  // namespace gatehouse::command
