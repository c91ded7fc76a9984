#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "store/values/time.hpp"

namespace gatehouse::gate {

/// Finds the time that a code carries, by the operator's pattern (gate.code_time_pattern): a
/// regular expression of RE2, which takes time in proportion to the code whatever both are, matched
/// anywhere in the decoded code, byte by byte. Thread-safe once compiled.
///
/// The group named `time`, or else the first, holds the time: 9 to 11 digits are seconds since
/// 1970, 12 to 14 digits milliseconds, `20240322T170000Z` and what parse_rfc3339() reads are
/// times too. A group named `key`, if there is one, holds what the cache knows of such a code: the
/// rest of a code changes with every showing, so that no feed could list it.
class CodeTime {
 public:
  /// nullptr for ''. An error says what is wrong with the pattern.
  [[nodiscard]] static std::expected<std::shared_ptr<const CodeTime>, std::string> compile(
      std::string_view pattern);

  struct Reading {
    std::optional<WallTime> made_at;  ///< nullopt: what the group holds is no time
    std::string_view key;             ///< into the code
  };
  /// nullopt: the pattern does not match, so the code carries no time.
  [[nodiscard]] std::optional<Reading> read(std::string_view code) const;

  /// True: the pattern has a group `key`, so what the cache knows is never a whole code.
  [[nodiscard]] bool has_key() const;

  ~CodeTime();
  CodeTime(const CodeTime&) = delete;
  CodeTime& operator=(const CodeTime&) = delete;

 private:
  struct Pattern;
  explicit CodeTime(std::unique_ptr<Pattern> pattern);
  std::unique_ptr<Pattern> pattern_;
};

/// The time in a group, by the forms above.
[[nodiscard]] std::optional<WallTime> parse_code_time(std::string_view text);

}  // namespace gatehouse::gate
