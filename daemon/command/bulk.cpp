#include "daemon/command/bulk.hpp"

#include <fmt/format.h>

#include <map>
#include <ostream>
#include <vector>

#include "daemon/command/client.hpp"
#include "daemon/command/list/pages.hpp"
#include "daemon/command/shown.hpp"
#include "daemon/configuration/model/units.hpp"
#include "store/values/age.hpp"
#include "store/values/json_object.hpp"
#include "store/values/money.hpp"
#include "store/values/rfc3339.hpp"

namespace gatehouse::command {
namespace {

using sync::JsonValue;

constexpr std::chrono::seconds page_deadline{10};
/// What was left out is named so often, and counted beyond that.
constexpr std::size_t named_max = 20;

/// What was not done.
struct Left {
  std::string json;  ///< as the daemon says it
  std::string name;
  std::string reason;
};

struct Sending {
  std::string json;  ///< as the daemon says it
  std::string when;
};

/// What all pages so far come to.
struct Tally {
  std::int64_t done = 0;
  std::map<std::string, std::int64_t> minor;  ///< by currency
  std::int64_t unpriced = 0;
  std::vector<Left> left_out;
  std::map<std::string, Sending> sending;  ///< of records: when, by destination
};

struct Trouble {
  ExitCode exit_code = ExitCode::ok;
  std::string message{};
};

struct Bulk {
  std::string path;
  const char* subject;  ///< "records", "trips": the member that counts them
};

std::string json_of(JsonValue value) {
  std::string json;
  append_json(json, value);
  return json;
}

void add_amounts(JsonValue page, Tally& tally) {
  for (const JsonValue amount : page["amounts"].children()) {
    const auto money = parse_money(text(amount, "amount"), text(amount, "code"));
    if (money) tally.minor[money->currency] += money->minor;
  }
}

/// Adds one page that is_bulk_page(). Gives where the next one begins; nullopt: there is none.
std::optional<std::int64_t> add_page(const Bulk& bulk, JsonValue page, Tally& tally) {
  tally.done += number(page, bulk.subject);
  tally.unpriced += number(page, "unpriced");
  add_amounts(page, tally);
  for (const JsonValue sending : page["sending"].children()) {
    tally.sending[std::string(sending.name())] = {json_of(sending), when_text(sending)};
  }
  for (const JsonValue left : page["leftOut"].children()) {
    const auto name = text(left, left["id"].is_absent() ? "tripId" : "id");
    tally.left_out.push_back({json_of(left), name, text(left, "reason")});
  }
  return whole(page["next"]);
}

Trouble ask_pages(const Arguments& arguments, const Bulk& bulk, const JsonObject& request,
                  Tally& tally, std::ostream& err) {
  std::optional<std::int64_t> after = 0;
  while (after) {
    const auto body = JsonObject(request).number("after", *after).done();
    const auto reply = call(arguments.socket, "POST", bulk.path, body, page_deadline);
    if (!reply) return {reply.error().exit_code, reply.error().message};
    const auto page = answer_in(*reply, arguments.socket);
    if (!page) return {page.error().exit_code, page.error().message};
    if (reply->status != 200) {
      return {refusal_code(reply->status), text(page->root(), "errorMsg")};
    }
    if (!is_bulk_page(page->root(), bulk.subject)) {
      return {ExitCode::unreachable, not_gatehoused(arguments.socket).message};
    }
    const auto done_before = tally.done;
    const auto next = add_page(bulk, page->root(), tally);
    if (next && *next <= *after) return {ExitCode::unreachable, "the daemon makes no progress"};
    after = next;
    // Nothing is said of pages in which there was nothing to do.
    if (after && tally.done > done_before && !arguments.json)
      err << fmt::format("{} so far …\n", tally.done);
  }
  return {};
}

std::expected<JsonObject, Trouble> request_of(const Arguments& arguments) {
  JsonObject request;
  request.boolean("dryRun", arguments.dry_run);
  if (arguments.since.empty()) return request;
  const auto since = parse_since(arguments.since, SystemClock().wall());
  if (!since) return std::unexpected(Trouble{ExitCode::wrong_input, "--since: " + since.error()});
  request.text("since", rfc3339(*since));
  return request;
}

std::string left_out_json(const Tally& tally) {
  std::vector<std::string> left;
  for (const Left& each : tally.left_out) left.push_back(each.json);
  return json_array(left);
}

std::string tally_json(const Arguments& arguments, const Bulk& bulk, const Tally& tally) {
  JsonObject json;
  json.boolean("dryRun", arguments.dry_run).number(bulk.subject, tally.done);
  if (std::string_view(bulk.subject) == "trips") {
    std::vector<std::string> amounts;
    for (const auto& [currency, minor] : tally.minor) {
      amounts.push_back(amount_text({minor, currency}));
    }
    json.json("amounts", json_array(amounts)).number("unpriced", tally.unpriced);
  }
  if (std::string_view(bulk.subject) == "records") {
    JsonObject sending;
    for (const auto& [destination, each] : tally.sending) sending.json(destination, each.json);
    json.json("sending", sending.done());
  }
  return json.json("leftOut", left_out_json(tally)).done();
}

std::string money_text(const Tally& tally) {
  std::string text;
  for (const auto& [currency, minor] : tally.minor) {
    text += fmt::format("{}{} {}", text.empty() ? ": " : ", ", format_amount({minor, currency}),
                        currency);
  }
  if (tally.unpriced > 0) {
    text += fmt::format("{}{} without a price", text.empty() ? ": " : ", ", tally.unpriced);
  }
  return text;
}

/// "450 records will be sent now\n", or a line for each destination.
std::string sending_text(const Arguments& arguments, const Tally& tally) {
  const std::string headline = fmt::format("{} records {}", tally.done,
                                           arguments.dry_run ? "would be sent" : "will be sent");
  if (tally.sending.empty()) return headline + "\n";
  if (tally.sending.size() == 1) {
    return fmt::format("{} {}\n", headline, tally.sending.begin()->second.when);
  }
  std::string text = headline + "\n";
  for (const auto& [destination, sending] : tally.sending) {
    text += fmt::format("  {}: {}\n", for_terminal(destination), sending.when);
  }
  return text;
}

std::string left_out_text(const Tally& tally) {
  if (tally.left_out.empty()) return "";
  std::string text = fmt::format("{} left out:\n", tally.left_out.size());
  for (std::size_t i = 0; i < std::min(tally.left_out.size(), named_max); ++i) {
    text += fmt::format("  {}  {}\n", tally.left_out[i].name, tally.left_out[i].reason);
  }
  if (tally.left_out.size() > named_max) {
    text += fmt::format("  and {} more (--json lists all)\n", tally.left_out.size() - named_max);
  }
  return text;
}

ExitCode finish(const Arguments& arguments, const Bulk& bulk, const Tally& tally,
                const Trouble& trouble, const std::string& headline, std::ostream& out,
                std::ostream& err) {
  if (arguments.json) {
    out << tally_json(arguments, bulk, tally) << "\n";
  } else {
    out << headline << left_out_text(tally);
  }
  if (trouble.exit_code != ExitCode::ok) {
    err << "gatehouse: " << trouble.message << "; what was done so far is kept\n";
    return trouble.exit_code;
  }
  return tally.left_out.empty() ? ExitCode::ok : ExitCode::unhealthy;
}

ExitCode refuse(const Trouble& trouble, std::ostream& err) {
  err << "gatehouse: " << trouble.message << "\n";
  return trouble.exit_code;
}

}  // namespace

std::expected<WallTime, std::string> parse_since(std::string_view text, WallTime now) {
  if (const auto time = parse_rfc3339(text)) return *time;
  const auto ago = configuration::parse_duration(text);
  if (!ago) {
    return std::unexpected("expected a time such as 2025-05-02T00:05:18Z, or an age such as 2h");
  }
  return now - *ago;
}

ExitCode retry_all(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  const Bulk bulk{"/local/v1/records/retry", "records"};
  auto request = request_of(arguments);
  if (!request) return refuse(request.error(), err);
  if (!arguments.kind.empty()) request->text("kind", arguments.kind);
  std::vector<std::string> states{"set_aside", "pending"};
  if (!arguments.state.empty()) states = {arguments.state};
  Tally tally;
  Trouble trouble;
  for (const auto& state : states) {
    if (trouble.exit_code != ExitCode::ok) break;
    const JsonObject of_state = JsonObject(*request).text("state", state);
    trouble = ask_pages(arguments, bulk, of_state, tally, err);
  }
  return finish(arguments, bulk, tally, trouble, sending_text(arguments, tally), out, err);
}

ExitCode release_all(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  const Bulk bulk{"/local/v1/trips/release", "trips"};
  auto request = request_of(arguments);
  if (!request) return refuse(request.error(), err);
  request->text("state", "held");
  Tally tally;
  const Trouble trouble = ask_pages(arguments, bulk, *request, tally, err);
  const auto headline =
      fmt::format("{} held charges {}{}\n", tally.done,
                  arguments.dry_run ? "would resume" : "resume", money_text(tally));
  return finish(arguments, bulk, tally, trouble, headline, out, err);
}

}  // namespace gatehouse::command
