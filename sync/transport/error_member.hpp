#pragma once

#include <string_view>

namespace gatehouse::sync {

/// What the body of an answer says about whose word the answer is.
enum class AnswerBody {
  blank,    ///< nothing, or nothing but blanks
  plain,    ///< a JSON value of any type, without an error member
  error,    ///< a JSON object with an error member
  foreign,  ///< anything else: a proxy's page, half an answer, bytes
};

/// Error members are, at the top of an object and wherever in it they stand, `errorMsg`,
/// `errorMessage`, `errorType`, `error` and `errors` with any value but null, "" and false (many
/// serialisers print those for "none"); `title` beside `status` (RFC 9457), both with such a value;
/// and a `message` (or `Message`) with such a value where the object has no other member, as
/// gateways and frameworks answer. A member that stands there twice counts with each of its values.
/// Pure; any bytes of any depth are safe, and no member is left out, however many there are.
[[nodiscard]] AnswerBody read_answer_body(std::string_view body);

/// The body is a JSON object with an error member, so a service says that it did not do what it
/// was asked, whatever the status.
[[nodiscard]] inline bool has_error_member(std::string_view body) {
  return read_answer_body(body) == AnswerBody::error;
}

/// Whether a 2xx to a call whose answer carries nothing (capture, cancel) means that it was done:
/// yes, whatever the body, unless it is a JSON object with an error member or, from its first
/// letter on, markup. A body that nobody understands is no reason to doubt what the status says:
/// who doubts a charge makes it twice.
[[nodiscard]] bool means_done(std::string_view body);

}  // namespace gatehouse::sync
