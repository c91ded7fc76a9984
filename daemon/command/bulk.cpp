#include "daemon/command/bulk.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <vector>

#include "daemon/command/client.hpp"
#include "daemon/command/render.hpp"
#include "daemon/configuration/model/units.hpp"
#include "store/values/age.hpp"
#include "store/values/money.hpp"
#include "store/values/rfc3339.hpp"

namespace gatehouse::command {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::chrono::seconds page_deadline{10};
/// What was left out is named so often, and counted beyond that.
constexpr std::size_t named_max = 20;

/// What all pages so far come to.
struct Tally {
  std::int64_t done = 0;
  std::map<std::string, std::int64_t> minor;  ///< by currency
  std::int64_t unpriced = 0;
  std::vector<Json> left_out;
  Json sending = Json::object();  ///< of records: when, by destination
};

struct Trouble {
  ExitCode exit_code = ExitCode::ok;
  std::string message{};
};

struct Bulk {
  std::string path;
  const char* subject;  ///< "records", "trips": the member that counts them
};

void add_amounts(const Json& page, Tally& tally) {
  for (const Json& amount : page.value("amounts", Json::array())) {
    const auto money = parse_money(amount.value("amount", ""), amount.value("code", ""));
    if (money) tally.minor[money->currency] += money->minor;
  }
}

/// What to say of a page that was not answered with 200.
Trouble refused(const Reply& reply) {
  const Json answer = Json::parse(reply.body);
  ExitCode code = ExitCode::unhealthy;
  if (reply.status == 403) code = ExitCode::not_permitted;
  if (reply.status == 400) code = ExitCode::wrong_input;
  return {code, for_terminal(answer.value("errorMsg", ""))};
}

/// Adds one page. Gives where the next one begins; nullopt: there is none.
std::optional<std::int64_t> add_page(const Bulk& bulk, const Json& page, Tally& tally) {
  tally.done += page.at(bulk.subject).get<std::int64_t>();
  tally.unpriced += page.value("unpriced", std::int64_t{0});
  add_amounts(page, tally);
  tally.sending.update(page.value("sending", Json::object()));
  for (const Json& left : page.at("leftOut")) tally.left_out.push_back(left);
  const Json& next = page.at("next");
  if (next.is_null()) return std::nullopt;
  return next.get<std::int64_t>();
}

Trouble ask_pages(const Arguments& arguments, const Bulk& bulk, Json request, Tally& tally,
                  std::ostream& err) {
  std::optional<std::int64_t> after = 0;
  auto done_before = tally.done;
  while (after) {
    request["after"] = *after;
    const auto reply = call(arguments.socket, "POST", bulk.path, request.dump(), page_deadline);
    if (!reply) return {reply.error().exit_code, reply.error().message};
    try {
      if (reply->status != 200) return refused(*reply);
      done_before = tally.done;
      const auto next = add_page(bulk, Json::parse(reply->body), tally);
      if (next == after) return {ExitCode::unreachable, "the daemon makes no progress"};
      after = next;
    } catch (const Json::exception&) {
      return {ExitCode::unreachable, "what answers on " + arguments.socket + " is not gatehoused"};
    }
    // Nothing is said of pages in which there was nothing to do.
    if (after && tally.done > done_before && !arguments.json)
      err << fmt::format("{} so far …\n", tally.done);
  }
  return {};
}

std::expected<Json, Trouble> request_of(const Arguments& arguments) {
  Json request{{"dryRun", arguments.dry_run}};
  if (arguments.since.empty()) return request;
  const auto since = parse_since(arguments.since, SystemClock().wall());
  if (!since) return std::unexpected(Trouble{ExitCode::wrong_input, "--since: " + since.error()});
  request["since"] = rfc3339(*since);
  return request;
}

Json tally_json(const Arguments& arguments, const Bulk& bulk, const Tally& tally) {
  Json json{{"dryRun", arguments.dry_run}, {bulk.subject, tally.done}};
  if (std::string_view(bulk.subject) == "trips") {
    json["amounts"] = Json::array();
    for (const auto& [currency, minor] : tally.minor) {
      json["amounts"].push_back({{"amount", format_amount({minor, currency})}, {"code", currency}});
    }
    json["unpriced"] = tally.unpriced;
  }
  if (std::string_view(bulk.subject) == "records") json["sending"] = tally.sending;
  json["leftOut"] = tally.left_out;
  return json;
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
  const auto words = [](const Json& sending) {
    return for_terminal(sending.value("whenText", "at the next opportunity"));
  };
  if (tally.sending.empty()) return headline + "\n";
  if (tally.sending.size() == 1) {
    return fmt::format("{} {}\n", headline, words(tally.sending.begin().value()));
  }
  std::string text = headline + "\n";
  for (const auto& [destination, sending] : tally.sending.items()) {
    text += fmt::format("  {}: {}\n", for_terminal(destination), words(sending));
  }
  return text;
}

std::string left_out_text(const Tally& tally) {
  if (tally.left_out.empty()) return "";
  std::string text = fmt::format("{} left out:\n", tally.left_out.size());
  for (std::size_t i = 0; i < std::min(tally.left_out.size(), named_max); ++i) {
    const Json& left = tally.left_out[i];
    const auto name =
        left.contains("id") ? left.at("id").dump() : for_terminal(left.value("tripId", ""));
    text += fmt::format("  {}  {}\n", name, for_terminal(left.value("reason", "")));
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
    out << tally_json(arguments, bulk, tally).dump(-1, ' ', false, Json::error_handler_t::replace)
        << "\n";
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
  if (!arguments.kind.empty()) (*request)["kind"] = arguments.kind;
  std::vector<std::string> states{"set_aside", "pending"};
  if (!arguments.state.empty()) states = {arguments.state};
  Tally tally;
  Trouble trouble;
  for (const auto& state : states) {
    if (trouble.exit_code != ExitCode::ok) break;
    (*request)["state"] = state;
    trouble = ask_pages(arguments, bulk, *request, tally, err);
  }
  return finish(arguments, bulk, tally, trouble, sending_text(arguments, tally), out, err);
}

ExitCode release_all(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  const Bulk bulk{"/local/v1/trips/release", "trips"};
  auto request = request_of(arguments);
  if (!request) return refuse(request.error(), err);
  (*request)["state"] = "held";
  Tally tally;
  const Trouble trouble = ask_pages(arguments, bulk, *request, tally, err);
  const auto headline =
      fmt::format("{} held charges {}{}\n", tally.done,
                  arguments.dry_run ? "would resume" : "resume", money_text(tally));
  return finish(arguments, bulk, tally, trouble, headline, out, err);
}

}  // namespace gatehouse::command
