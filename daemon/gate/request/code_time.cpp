#include "daemon/gate/request/code_time.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "store/values/rfc3339.hpp"
#include "store/values/text/ascii.hpp"
#include "store/values/whole_number.hpp"

namespace gatehouse::gate {
namespace {

constexpr std::size_t pattern_max_bytes = 256;
constexpr int groups_max = 8;
constexpr std::int64_t memory_max_bytes = 1 << 20;
/// A code that is longer carries no time that anybody reads: an identityKey decodes to 750 bytes.
constexpr std::size_t code_max_bytes = 1024;

bool is_digits(std::string_view text) {
  return std::ranges::all_of(text, is_digit);
}

std::optional<WallTime> epoch_time(std::string_view digits) {
  std::int64_t number = whole_number(digits).value_or(0);
  if (digits.size() >= 9 && digits.size() <= 11) number *= 1000;
  return from_unix_ms(number);
}

/// 20240322T170000Z, as 2024-03-22T17:00:00Z.
std::string extended(std::string_view basic) {
  std::string text(basic);
  text.insert(13, 1, ':').insert(11, 1, ':');
  return text.insert(6, 1, '-').insert(4, 1, '-');
}

}  // namespace

struct CodeTime::Pattern {
  Pattern(std::string_view text, const re2::RE2::Options& options)
      : expression(re2::StringPiece(text.data(), text.size()), options) {}

  re2::RE2 expression;
  std::size_t time_group = 1;
  std::optional<std::size_t> key_group;
};

std::optional<WallTime> parse_code_time(std::string_view text) {
  const bool is_epoch = text.size() >= 9 && text.size() <= 14 && is_digits(text);
  if (is_epoch) return epoch_time(text);
  constexpr std::size_t basic_size = std::string_view("20240322T170000Z").size();
  const bool is_basic =
      text.size() == basic_size && is_digits(text.substr(0, 8)) && is_digits(text.substr(9, 6));
  return parse_rfc3339(is_basic ? extended(text) : std::string(text));
}

CodeTime::CodeTime(std::unique_ptr<Pattern> pattern) : pattern_(std::move(pattern)) {}
CodeTime::~CodeTime() = default;

bool CodeTime::has_key() const {
  return pattern_->key_group.has_value();
}

std::expected<std::shared_ptr<const CodeTime>, std::string> CodeTime::compile(
    std::string_view text) {
  if (text.empty()) return nullptr;
  if (text.size() > pattern_max_bytes) {
    return std::unexpected("is longer than " + std::to_string(pattern_max_bytes) + " bytes");
  }
  re2::RE2::Options options;
  options.set_encoding(re2::RE2::Options::EncodingLatin1);
  options.set_max_mem(memory_max_bytes);
  options.set_log_errors(false);
  auto pattern = std::make_unique<Pattern>(text, options);
  const re2::RE2& expression = pattern->expression;
  if (!expression.ok()) {
    return std::unexpected("is no regular expression of RE2: " + expression.error());
  }
  const int groups = expression.NumberOfCapturingGroups();
  if (groups < 1 || groups > groups_max) {
    return std::unexpected("has " + std::to_string(groups) + " groups; expected 1 to " +
                           std::to_string(groups_max) + ", with the time in one of them");
  }
  for (const auto& [name, index] : expression.NamedCapturingGroups()) {
    if (name == "time") pattern->time_group = static_cast<std::size_t>(index);
    if (name == "key") pattern->key_group = static_cast<std::size_t>(index);
  }
  if (pattern->key_group == pattern->time_group) {
    return std::unexpected("has no group for the time beside its group named key");
  }
  return std::shared_ptr<const CodeTime>(new CodeTime(std::move(pattern)));
}

std::optional<CodeTime::Reading> CodeTime::read(std::string_view code) const {
  if (code.size() > code_max_bytes) return std::nullopt;
  std::array<re2::StringPiece, groups_max + 1> groups;
  const re2::RE2& expression = pattern_->expression;
  if (!expression.Match({code.data(), code.size()}, 0, code.size(), re2::RE2::UNANCHORED,
                        groups.data(), 1 + expression.NumberOfCapturingGroups())) {
    return std::nullopt;
  }
  const auto group = [&groups](std::size_t index) {
    return std::string_view(groups.at(index).data(), groups.at(index).size());
  };
  return Reading{parse_code_time(group(pattern_->time_group)),
                 pattern_->key_group ? group(*pattern_->key_group) : code};
}

}  // namespace gatehouse::gate
