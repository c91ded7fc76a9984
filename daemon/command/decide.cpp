// The part of bulk.hpp that carries out a list of decisions.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <vector>

#include "daemon/command/bulk.hpp"
#include "daemon/command/client.hpp"
#include "daemon/command/list/decision_file.hpp"
#include "daemon/command/render.hpp"
#include "store/values/durable_file.hpp"
#include "store/values/money.hpp"

namespace gatehouse::command {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::chrono::seconds page_deadline{10};
/// Below what the daemon takes at once, so that long names fit in one request.
constexpr std::size_t page_max = 100;
constexpr std::size_t file_max_bytes = 16 * 1024 * 1024;

struct Sum {
  std::int64_t trips = 0;
  std::int64_t unpriced = 0;
  std::map<std::string, std::int64_t> minor;  ///< by currency
};

struct Left {
  std::size_t line = 0;
  std::string trip_id;
  std::string reason;
};

struct Tally {
  std::map<std::string, Sum> sums;  ///< by word
  std::int64_t unchanged = 0;
  std::vector<Left> left_out;
};

struct Trouble {
  ExitCode exit_code = ExitCode::ok;
  std::string message{};
};

void add_page(const Json& page, const std::vector<DecisionLine>& lines, Tally& tally) {
  for (const auto& [word, sum] : page.at("decisions").items()) {
    Sum& into = tally.sums[word];
    into.trips += sum.at("trips").get<std::int64_t>();
    into.unpriced += sum.at("unpriced").get<std::int64_t>();
    for (const Json& amount : sum.at("amounts")) {
      const auto money = parse_money(amount.value("amount", ""), amount.value("code", ""));
      if (money) into.minor[money->currency] += money->minor;
    }
  }
  tally.unchanged += page.at("unchanged").get<std::int64_t>();
  for (const Json& left : page.at("leftOut")) {
    const auto place = left.at("place").get<std::size_t>();
    if (place >= lines.size()) continue;
    tally.left_out.push_back({lines[place].line, lines[place].trip_id, left.value("reason", "")});
  }
}

Trouble ask_page(const Arguments& arguments, const std::vector<DecisionLine>& lines, Tally& tally) {
  Json request{{"dryRun", arguments.dry_run}, {"decisions", Json::array()}};
  for (const DecisionLine& line : lines) {
    Json each{{"tripId", line.trip_id}, {"decision", line.word}};
    const std::string& by = line.by.empty() ? arguments.by : line.by;
    if (!by.empty()) each["by"] = by;
    if (!line.amount.empty()) {
      each["confirm"] = true;
      each["amount"] = {{"amount", line.amount}, {"code", line.currency}};
    }
    request["decisions"].push_back(std::move(each));
  }
  const auto body = request.dump(-1, ' ', false, Json::error_handler_t::replace);
  const auto reply = call(arguments.socket, "POST", "/local/v1/trips/decide", body, page_deadline);
  if (!reply) return {reply.error().exit_code, reply.error().message};
  try {
    const Json answer = Json::parse(reply->body);
    if (reply->status == 200) {
      add_page(answer, lines, tally);
      return {};
    }
    ExitCode code = ExitCode::unhealthy;
    if (reply->status == 403) code = ExitCode::not_permitted;
    if (reply->status == 400) code = ExitCode::wrong_input;
    return {code, for_terminal(answer.value("errorMsg", ""))};
  } catch (const Json::exception&) {
    return {ExitCode::unreachable, "what answers on " + arguments.socket + " is not gatehoused"};
  }
}

std::string amounts_text(const Sum& sum) {
  std::string text;
  for (const auto& [currency, minor] : sum.minor) {
    text += fmt::format("{}{} {}", text.empty() ? ": " : ", ", format_amount({minor, currency}),
                        currency);
  }
  if (sum.unpriced > 0) {
    text += fmt::format("{}{} without a price", text.empty() ? ": " : ", ", sum.unpriced);
  }
  return text;
}

std::string report_text(const Arguments& arguments, const Tally& tally) {
  std::string text;
  for (const auto& [word, sum] : tally.sums) {
    text += fmt::format("{} {}{}{}\n", sum.trips, arguments.dry_run ? "would be " : "", word,
                        amounts_text(sum));
  }
  if (tally.unchanged > 0) text += fmt::format("{} are so already\n", tally.unchanged);
  if (tally.sums.empty() && tally.unchanged == 0) text += "nothing was decided\n";
  if (!tally.left_out.empty()) text += fmt::format("{} left out:\n", tally.left_out.size());
  for (const Left& left : tally.left_out) {
    text += fmt::format("  line {}  {}  {}\n", left.line, for_terminal(left.trip_id),
                        for_terminal(left.reason));
  }
  return text;
}

Json report_json(const Arguments& arguments, const Tally& tally) {
  Json json{{"dryRun", arguments.dry_run}, {"decisions", Json::object()}};
  for (const auto& [word, sum] : tally.sums) {
    Json amounts = Json::array();
    for (const auto& [currency, minor] : sum.minor) {
      amounts.push_back({{"amount", format_amount({minor, currency})}, {"code", currency}});
    }
    json["decisions"][word] = {
        {"trips", sum.trips}, {"amounts", std::move(amounts)}, {"unpriced", sum.unpriced}};
  }
  json["unchanged"] = tally.unchanged;
  json["leftOut"] = Json::array();
  for (const Left& left : tally.left_out) {
    json["leftOut"].push_back(
        {{"line", left.line}, {"tripId", left.trip_id}, {"reason", left.reason}});
  }
  return json;
}

}  // namespace

ExitCode decide_from_file(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  const auto text = read_file(arguments.from, file_max_bytes);
  if (!text) {
    err << fmt::format("gatehouse: cannot read {} (at most 16 MiB)\n", arguments.from);
    return ExitCode::wrong_input;
  }
  Tally tally;
  std::vector<DecisionLine> good;
  for (DecisionLine& line : read_decisions(*text)) {
    if (line.wrong.empty()) {
      good.push_back(std::move(line));
    } else {
      tally.left_out.push_back({line.line, line.trip_id, line.wrong});
    }
  }
  Trouble trouble;
  for (std::size_t i = 0; i < good.size() && trouble.exit_code == ExitCode::ok; i += page_max) {
    const auto end = std::min(good.size(), i + page_max);
    const auto at = [&good](std::size_t n) {
      return good.begin() + static_cast<std::ptrdiff_t>(n);
    };
    trouble = ask_page(arguments, std::vector<DecisionLine>(at(i), at(end)), tally);
  }
  std::ranges::sort(tally.left_out, {}, &Left::line);
  if (arguments.json) {
    out << report_json(arguments, tally).dump(-1, ' ', false, Json::error_handler_t::replace)
        << "\n";
  } else {
    out << report_text(arguments, tally);
  }
  if (trouble.exit_code != ExitCode::ok) {
    err << "gatehouse: " << trouble.message << "; what was done so far is kept\n";
    return trouble.exit_code;
  }
  return tally.left_out.empty() ? ExitCode::ok : ExitCode::unhealthy;
}

}  // namespace gatehouse::command
