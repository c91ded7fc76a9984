#include "sync/transport/error_member.hpp"

#include <algorithm>
#include <array>

#include "store/values/json_text.hpp"

namespace gatehouse::sync {
namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr std::array<std::string_view, 5> error_names{"errorMsg", "errorMessage", "errorType",
                                                      "error", "errors"};

bool says_something(const JsonValue& value) {
  return !value.is_absent() && value.text() != "" && value.boolean() != false;
}

}  // namespace

bool has_error_member(const JsonValue& answer) {
  if (!answer.is(JsonKind::object)) return false;
  bool error = false;
  bool title = false;
  bool status = false;
  bool message = false;
  bool other = false;
  for (const JsonValue member : answer.children()) {
    const std::string_view name = member.name();
    const bool is_message = name == "message" || name == "Message";
    other = other || !is_message;
    if (!says_something(member)) continue;
    error = error || std::ranges::find(error_names, name) != error_names.end();
    title = title || name == "title";
    status = status || name == "status";
    message = message || is_message;
  }
  return error || (title && status) || (message && !other);
}

AnswerBody read_answer_body(std::string_view body) {
  if (is_blank(body)) return AnswerBody::blank;
  const auto document = JsonDocument::read(body);
  if (document) return has_error_member(document->root()) ? AnswerBody::error : AnswerBody::plain;
  return document.error() == NoDocument::syntax ? AnswerBody::foreign : AnswerBody::unusable;
}

std::string why_unusable(std::string_view body) {
  const auto document = JsonDocument::read(body);
  return document ? "" : what_came(document.error(), "no JSON");
}

bool means_done(std::string_view body) {
  const auto document = JsonDocument::read(body, DoubledNames::keep);
  if (document) return !has_error_member(document->root());
  body = without_byte_order_mark(body);
  const auto first = body.find_first_not_of(blanks);
  return first == std::string_view::npos || body[first] != '<';
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(blanks) == std::string_view::npos;
}

}  // namespace gatehouse::sync
