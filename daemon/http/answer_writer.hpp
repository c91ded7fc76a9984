#pragma once

#include <string>
#include <string_view>

#include "daemon/http/answer.hpp"

namespace gatehouse::http {

/// What the request decides about the form of its answer.
struct AnswerForm {
  bool keep_alive = false;    ///< false: the answer says `Connection: close`
  bool http_1_0 = false;      ///< a kept HTTP/1.0 connection has to be confirmed
  bool without_body = false;  ///< HEAD: the header of the answer alone
};

/// Appends the answer as it goes over the wire to `output`. A header whose name or value cannot be
/// sent safely (CR, LF, NUL; not a token) is left out. `Content-Length` and `Connection` are always
/// the writer's own: a handler's are left out too.
void write_answer(const Answer& answer, AnswerForm form, std::string& output);

/// The answer of every error the server makes itself: {"errorMsg":"…"}. `message` is a text of this
/// program, without quotes or backslashes, never something that a client sent.
[[nodiscard]] Answer error_answer(unsigned status, std::string_view message);

}  // namespace gatehouse::http
