#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::sync {

/// The strings and numbers of a JSON object by their path ("Credentials.AccessKeyId"), down to
/// depth_max objects; a number keeps the characters that were sent, so that no double is between
/// us and it. What stands in arrays or deeper is checked for syntax and left out.
class AnswerLeaves {
 public:
  /// nullopt: not a JSON object. Any bytes are safe to give.
  [[nodiscard]] static std::optional<AnswerLeaves> read(std::string_view body);

  [[nodiscard]] std::optional<std::string_view> find(std::string_view path) const;

  static constexpr std::size_t depth_max = 6;

 private:
  std::map<std::string, std::string, std::less<>> leaves_;
};

}  // namespace gatehouse::sync
