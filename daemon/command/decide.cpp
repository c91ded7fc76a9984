// The part of bulk.hpp that carries out a list of decisions.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <vector>

#include "daemon/command/bulk.hpp"
#include "daemon/command/client.hpp"
#include "daemon/command/list/decision_file.hpp"
#include "daemon/command/list/pages.hpp"
#include "daemon/command/shown.hpp"
#include "store/values/durable_file.hpp"
#include "store/values/json_object.hpp"
#include "store/values/money.hpp"
#include "store/values/whole_number.hpp"

namespace gatehouse::command {
namespace {

using sync::JsonValue;

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

/// Adds one page that is_decided_page().
void add_page(JsonValue page, const std::vector<DecisionLine>& lines, Tally& tally) {
  for (const JsonValue sum : page["decisions"].children()) {
    Sum& into = tally.sums[std::string(sum.name())];
    into.trips += number(sum, "trips");
    into.unpriced += number(sum, "unpriced");
    for (const JsonValue amount : sum["amounts"].children()) {
      const auto money = parse_money(text(amount, "amount"), text(amount, "code"));
      if (money) into.minor[money->currency] += money->minor;
    }
  }
  tally.unchanged += number(page, "unchanged");
  for (const JsonValue left : page["leftOut"].children()) {
    const auto place = whole_number<std::size_t>(text(left, "place"));
    if (!place || *place >= lines.size()) continue;
    const std::string reason(left["reason"].text().value_or(""));
    tally.left_out.push_back({lines[*place].line, lines[*place].trip_id, reason});
  }
}

std::string page_body(const Arguments& arguments, const std::vector<DecisionLine>& lines) {
  std::vector<std::string> decisions;
  for (const DecisionLine& line : lines) {
    JsonObject each;
    each.text("tripId", line.trip_id).text("decision", line.word);
    const std::string& by = line.by.empty() ? arguments.by : line.by;
    if (!by.empty()) each.text("by", by);
    if (!line.amount.empty()) {
      const std::string amount =
          JsonObject().text("amount", line.amount).text("code", line.currency).done();
      each.boolean("confirm", true).json("amount", amount);
    }
    decisions.push_back(each.done());
  }
  return JsonObject()
      .boolean("dryRun", arguments.dry_run)
      .json("decisions", json_array(decisions))
      .done();
}

Trouble ask_page(const Arguments& arguments, const std::vector<DecisionLine>& lines, Tally& tally) {
  const auto reply = call(arguments.socket, "POST", "/local/v1/trips/decide",
                          page_body(arguments, lines), page_deadline);
  if (!reply) return {reply.error().exit_code, reply.error().message};
  const auto answer = answer_in(*reply, arguments.socket);
  if (!answer) return {answer.error().exit_code, answer.error().message};
  if (reply->status != 200) {
    return {refusal_code(reply->status), text(answer->root(), "errorMsg")};
  }
  if (!is_decided_page(answer->root())) {
    return {ExitCode::unreachable, not_gatehoused(arguments.socket).message};
  }
  add_page(answer->root(), lines, tally);
  return {};
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

std::string report_json(const Arguments& arguments, const Tally& tally) {
  JsonObject decisions;
  for (const auto& [word, sum] : tally.sums) {
    std::vector<std::string> amounts;
    for (const auto& [currency, minor] : sum.minor) {
      amounts.push_back(amount_text({minor, currency}));
    }
    decisions.json(word, JsonObject()
                             .number("trips", sum.trips)
                             .json("amounts", json_array(amounts))
                             .number("unpriced", sum.unpriced)
                             .done());
  }
  std::vector<std::string> left_out;
  for (const Left& left : tally.left_out) {
    left_out.push_back(JsonObject()
                           .number("line", static_cast<std::int64_t>(left.line))
                           .text("tripId", left.trip_id)
                           .text("reason", left.reason)
                           .done());
  }
  return JsonObject()
      .boolean("dryRun", arguments.dry_run)
      .json("decisions", decisions.done())
      .number("unchanged", tally.unchanged)
      .json("leftOut", json_array(left_out))
      .done();
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
    out << report_json(arguments, tally) << "\n";
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
