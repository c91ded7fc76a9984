#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "store/values/json_text.hpp"

namespace gatehouse::sync {

/// One value of a JSON text, as its bytes stand there.
struct JsonSlice {
  std::string_view text;
  std::size_t depth = 0;  ///< how deep it nests: 0 for a string, a number or a word
};

/// Takes a JSON text apart without understanding its strings and numbers: it sees braces, brackets,
/// commas, colons and quotes, and holds them strictly to JSON's grammar. What stands between quotes
/// (bytes that are not UTF-8, half a surrogate) or as a number (1e400) is handed out as it is, so
/// that one bad value can be told from its neighbours. A text whose structure is broken is never
/// taken for another one.
///
/// Every function moves on over what it took and any space before it, and is false where the text
/// has something else; then the place is of no use any more. Time and memory are linear in the
/// text, nothing recurses.
class JsonSplit {
 public:
  /// A byte order mark before the text is no part of it.
  explicit JsonSplit(std::string_view text) : text_(without_byte_order_mark(text)) {}

  /// Any one value, whole.
  [[nodiscard]] bool value(JsonSlice& slice);
  /// An object: `each(name)` for every member, with the name's text in its quotes; it has to take
  /// the value, and false ends it all.
  template <class Each>
  [[nodiscard]] bool object(const Each& each);
  /// An array: `each()` for every element, which it has to take.
  template <class Each>
  [[nodiscard]] bool array(const Each& each);
  /// Whether the next is this byte, which is not taken.
  [[nodiscard]] bool next_is(char byte);
  /// Whether there is nothing but space any more.
  [[nodiscard]] bool at_end();

 private:
  void skip_space();
  [[nodiscard]] bool take(char byte);
  [[nodiscard]] bool take_string();
  [[nodiscard]] bool take_word();
  [[nodiscard]] bool take_string_or_word();

  std::string_view text_;
  std::size_t at_ = 0;
  std::string open_;  ///< the braces and brackets around; kept for its memory
};

template <class Each>
bool JsonSplit::object(const Each& each) {
  if (!take('{')) return false;
  if (take('}')) return true;
  do {
    skip_space();
    const std::size_t begin = at_;
    if (!take_string()) return false;
    const std::string_view name = text_.substr(begin, at_ - begin);
    if (!take(':') || !each(name)) return false;
  } while (take(','));
  return take('}');
}

template <class Each>
bool JsonSplit::array(const Each& each) {
  if (!take('[')) return false;
  if (take(']')) return true;
  do {
    if (!each()) return false;
  } while (take(','));
  return take(']');
}

}  // namespace gatehouse::sync
