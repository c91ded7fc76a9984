#include "daemon/process/rollback_report.hpp"

#include <algorithm>
#include <map>
#include <ranges>
#include <string_view>

#include "store/values/durable_file.hpp"
#include "store/values/printable.hpp"
#include "store/values/rfc3339.hpp"
#include "store/values/text/ascii.hpp"

namespace gatehouse::process {
namespace {

using local::RollbackReport;
using Fields = std::map<std::string_view, std::string_view>;

constexpr std::size_t file_max_bytes = 4 * 1024;
constexpr std::size_t reason_max_characters = 500;

RollbackReport unreadable(std::string why) {
  RollbackReport report;
  report.reason = std::move(why);
  return report;
}

/// nullopt: a line is not "Field: value".
std::optional<Fields> fields_of(std::string_view text) {
  Fields fields;
  for (const auto range : std::views::split(text, '\n')) {
    const std::string_view line = trimmed(std::string_view(range.begin(), range.end()));
    if (line.empty()) continue;
    const std::size_t colon = line.find(':');
    if (colon == 0 || colon == line.npos) return std::nullopt;
    fields.insert_or_assign(line.substr(0, colon), trimmed(line.substr(colon + 1)));
  }
  return fields;
}

/// Debian's alphabet: it stands in a command that somebody may copy into a shell.
bool is_version(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_letter_or_digit(c) || std::string_view(".+~:-").contains(c);
  });
}

std::optional<RollbackReport::Outcome> outcome_of(std::string_view text) {
  if (text == "rolled_back") return RollbackReport::Outcome::rolled_back;
  if (text == "failed") return RollbackReport::Outcome::failed;
  return std::nullopt;
}

RollbackReport read_report(Fields fields) {
  if (!is_version(fields["From"])) return unreadable("has no version in From:");
  if (!is_version(fields["To"])) return unreadable("has no version in To:");
  if (!parse_rfc3339(fields["At"])) {
    return unreadable("has no time such as 2026-11-24T02:10:00Z in At:");
  }
  const auto outcome = outcome_of(fields["Outcome"]);
  if (!outcome) return unreadable("has neither rolled_back nor failed in Outcome:");
  if (fields["Reason"].empty()) return unreadable("has nothing in Reason:");
  return {.outcome = *outcome,
          .from = printable(fields["From"]),
          .to = printable(fields["To"]),
          .at = printable(fields["At"]),
          .reason = printable(fields["Reason"], reason_max_characters)};
}

}  // namespace

std::optional<RollbackReport> rollback_report(const std::filesystem::path& file) {
  std::error_code unknown;
  if (!std::filesystem::exists(file, unknown) && !unknown) return std::nullopt;
  const auto text = read_file(file, file_max_bytes);
  if (!text) return unreadable(text.error().message);
  auto fields = fields_of(*text);
  if (!fields) return unreadable("has a line that is not Field: value");
  return read_report(std::move(*fields));
}

}  // namespace gatehouse::process
