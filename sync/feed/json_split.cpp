#include "sync/feed/json_split.hpp"

#include <algorithm>

#include "store/values/text/ascii.hpp"

namespace gatehouse::sync {
namespace {

/// What numbers and the words true, false and null are made of. Whether they are ones is for the
/// reader of the value.
bool is_word_byte(char byte) {
  return is_letter_or_digit(byte) || byte == '-' || byte == '+' || byte == '.';
}

}  // namespace

void JsonSplit::skip_space() {
  while (at_ < text_.size() &&
         (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
    ++at_;
  }
}

bool JsonSplit::next_is(char byte) {
  skip_space();
  return at_ < text_.size() && text_[at_] == byte;
}

bool JsonSplit::at_end() {
  skip_space();
  return at_ == text_.size();
}

bool JsonSplit::take(char byte) {
  if (!next_is(byte)) return false;
  ++at_;
  return true;
}

bool JsonSplit::take_string() {
  if (!take('"')) return false;
  while (at_ < text_.size()) {
    const char byte = text_[at_++];
    if (byte == '"') return true;
    if (byte == '\\') ++at_;  // whatever is escaped, it ends nothing
  }
  return false;
}

bool JsonSplit::take_word() {
  const std::size_t begin = at_;
  while (at_ < text_.size() && is_word_byte(text_[at_])) ++at_;
  return at_ > begin;
}

bool JsonSplit::take_string_or_word() {
  return next_is('"') ? take_string() : take_word();
}

bool JsonSplit::value(JsonSlice& slice) {
  skip_space();
  const std::size_t begin = at_;
  slice.depth = 0;
  open_.clear();
  // Each turn takes one value or the beginning of one, then all that may follow its end.
  while (true) {
    const bool object = next_is('{');
    if (object || next_is('[')) {
      open_ += text_[at_++];
      slice.depth = std::max(slice.depth, open_.size());
      if (object ? !next_is('}') : !next_is(']')) {
        if (object && !(take_string() && take(':'))) return false;
        continue;
      }
    } else if (!take_string_or_word()) {
      return false;
    }
    while (!open_.empty() && take(open_.back() == '{' ? '}' : ']')) open_.pop_back();
    if (open_.empty()) break;
    if (!take(',')) return false;
    if (open_.back() == '{' && !(take_string() && take(':'))) return false;
  }
  slice.text = text_.substr(begin, at_ - begin);
  return true;
}

}  // namespace gatehouse::sync
