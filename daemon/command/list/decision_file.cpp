#include "daemon/command/list/decision_file.hpp"

#include <fmt/format.h>

#include <map>
#include <optional>

#include "store/ledger/records/decision.hpp"
#include "store/values/money.hpp"
#include "store/values/text/ascii.hpp"
#include "sync/desk/decision.hpp"

namespace gatehouse::command {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

/// Takes the quoted field off `rest`, which begins with its quote; nullopt: it has no end.
std::optional<std::string> take_quoted(std::string_view& rest) {
  std::string field;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] != '"') {
      field += rest[i];
    } else if (i + 1 < rest.size() && rest[i + 1] == '"') {
      field += '"';
      ++i;
    } else {
      rest = trimmed(rest.substr(i + 1));
      return field;
    }
  }
  return std::nullopt;
}

/// nullopt: a quote without its end, or something behind one.
std::optional<std::vector<std::string>> fields_of(std::string_view line) {
  std::vector<std::string> fields;
  std::string_view rest = trimmed(line);
  while (true) {
    if (rest.starts_with('"')) {
      auto field = take_quoted(rest);
      if (!field || (!rest.empty() && rest.front() != ',')) return std::nullopt;
      fields.push_back(*std::move(field));
    } else {
      const auto comma = rest.find(',');
      fields.emplace_back(trimmed(rest.substr(0, comma)));
      rest = comma == std::string_view::npos ? "" : rest.substr(comma);
    }
    if (rest.empty()) return fields;
    rest = trimmed(rest.substr(1));
  }
}

/// `charge` whose price is confirmed, which only a list calls so.
constexpr std::string_view charge_confirmed = "charge_confirmed";

/// '' on success, else what was expected.
std::string take_confirmed(const std::vector<std::string>& fields, DecisionLine& line) {
  if (fields.size() != 5) return "expected tripId,charge_confirmed,by,amount,code";
  line.word = store::to_text(store::DecisionWord::charge);
  line.amount = fields.at(3);
  line.currency = fields.at(4);
  return parse_money(line.amount, line.currency) ? "" : "expected an amount such as 15.99,USD";
}

DecisionLine read_line(std::size_t number, std::string_view text) {
  DecisionLine line{.line = number};
  auto fields = fields_of(text);
  const bool confirms = fields && fields->size() > 1 && fields->at(1) == charge_confirmed;
  const std::size_t most = confirms ? 5 : 3;
  if (!fields || fields->size() < 2 || fields->size() > most || fields->front().empty()) {
    line.wrong = "expected tripId,decision or tripId,decision,by";
    return line;
  }
  line.trip_id = fields->at(0);
  line.word = fields->at(1);
  if (fields->size() >= 3) line.by = fields->at(2);
  if (confirms) line.wrong = take_confirmed(*fields, line);
  if (!line.wrong.empty()) return line;
  if (!store::decision_word_from(line.word)) {
    line.wrong =
        "expected a decision of captured, not_captured, written_off, charge or charge_confirmed";
  } else if (!sync::is_name(line.by)) {
    line.wrong = "expected a name of at most 128 printable characters";
  }
  return line;
}

}  // namespace

std::vector<DecisionLine> read_decisions(std::string_view text) {
  std::vector<DecisionLine> lines;
  std::map<std::string, std::size_t, std::less<>> seen;
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    const std::string_view one = trimmed(text.substr(0, end));
    text = end == std::string_view::npos ? "" : text.substr(end + 1);
    const bool header = number == 1 && (one.starts_with("tripId") || one.starts_with("\"tripId\""));
    if (one.empty() || one.starts_with('#') || header) continue;
    DecisionLine line = read_line(number, one);
    if (line.wrong.empty()) {
      const auto [first, is_new] = seen.emplace(line.trip_id, number);
      if (!is_new) line.wrong = fmt::format("this trip is in line {} already", first->second);
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace gatehouse::command
