#include "sync/transport/error_member.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "sync/transport/answer_fields.hpp"

namespace gatehouse::sync {
namespace {

constexpr std::array<std::string_view, 5> error_names{"errorMsg", "errorMessage", "errorType",
                                                      "error", "errors"};

/// Looks at the members of the outermost object alone. The parser behind it keeps its own stack: no
/// depth of nesting can exhaust ours.
class MemberWatch final : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return value(false); }
  bool boolean(bool is_true) override { return value(is_true); }
  bool number_integer(number_integer_t) override { return value(true); }
  bool number_unsigned(number_unsigned_t) override { return value(true); }
  bool number_float(number_float_t, const string_t&) override { return value(true); }
  bool string(string_t& text) override { return value(!text.empty()); }
  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override {
    is_object_ = is_object_ || depth_ == 0;
    return open();
  }
  bool end_object() override { return --depth_, true; }
  bool start_array(std::size_t) override { return open(); }
  bool end_array() override { return --depth_, true; }
  bool key(string_t& name) override {
    if (depth_ == 1) take_name(name);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override {
    return false;
  }

  [[nodiscard]] bool found() const {
    return is_object_ && (error_ || (title_ && status_) || (message_ && !other_));
  }

 private:
  void take_name(std::string_view name) {
    const bool is_message = name == "message" || name == "Message";
    other_ = other_ || !is_message;
    current_ = nullptr;
    if (std::ranges::find(error_names, name) != error_names.end()) current_ = &error_;
    if (name == "title") current_ = &title_;
    if (name == "status") current_ = &status_;
    if (is_message) current_ = &message_;
  }
  bool value(bool says_something) {
    if (depth_ == 1 && current_ != nullptr) *current_ = *current_ || says_something;
    return true;
  }
  bool open() {
    value(true);
    ++depth_;
    return true;
  }

  std::size_t depth_ = 0;
  bool is_object_ = false;
  bool error_ = false;
  bool title_ = false;
  bool status_ = false;
  bool message_ = false;
  bool other_ = false;       ///< a member that is no message
  bool* current_ = nullptr;  ///< what the member we are at speaks for; null: nothing
};

}  // namespace

AnswerBody read_answer_body(std::string_view body) {
  if (is_blank(body)) return AnswerBody::blank;
  MemberWatch watch;
  if (!nlohmann::json::sax_parse(body, &watch)) return AnswerBody::foreign;
  return watch.found() ? AnswerBody::error : AnswerBody::plain;
}

bool means_done(std::string_view body) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (body.starts_with(byte_order_mark)) body.remove_prefix(byte_order_mark.size());
  const auto first = body.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && body[first] == '<') return false;
  return !has_error_member(body);
}

}  // namespace gatehouse::sync
