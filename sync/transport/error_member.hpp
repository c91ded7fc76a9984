#pragma once

#include <string>
#include <string_view>

#include "sync/transport/json_document.hpp"

namespace gatehouse::sync {

/// Whether somebody says in this answer that something went wrong. Error members are, at the top of
/// an object and wherever in it they stand, `errorMsg`, `errorMessage`, `errorType`, `error` and
/// `errors` with any value but null, "" and false (many serialisers print those for "none");
/// `title` beside `status` (RFC 9457), both with such a value; and a `message` (or `Message`) with
/// such a value where the object has no other member, as gateways and frameworks answer. Of several
/// members of one name, any counts. Pure.
[[nodiscard]] bool has_error_member(const JsonValue& answer);

/// What the body of an answer says about whose word the answer is.
enum class AnswerBody {
  blank,     ///< nothing, or nothing but blanks
  plain,     ///< a JSON value of any type, without an error member
  error,     ///< a JSON object with an error member
  unusable,  ///< JSON that says something twice or passes a limit (JsonDocument): nobody's word
  foreign,   ///< anything else: a proxy's page, half an answer, bytes
};

/// Any bytes of any depth are safe.
[[nodiscard]] AnswerBody read_answer_body(std::string_view body);

/// what_came() of a body that is AnswerBody::unusable.
[[nodiscard]] std::string why_unusable(std::string_view body);

/// Whether a 2xx to a call whose answer carries nothing (capture, cancel) means that it was done:
/// yes, whatever the body, unless it is a JSON object with an error member or, from its first
/// letter on, markup. A body that nobody understands, or that passes a limit, is no reason to doubt
/// what the status says, and neither is one that says something twice, for nothing is read from it:
/// who doubts a charge makes it twice.
[[nodiscard]] bool means_done(std::string_view body);

/// Nothing, or nothing but blanks.
[[nodiscard]] bool is_blank(std::string_view text);

}  // namespace gatehouse::sync
