#include "daemon/http/answer_writer.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/status.hpp>
#include <charconv>
#include <span>

#include "store/values/text/ascii.hpp"

namespace gatehouse::http {
namespace {

namespace beast_http = boost::beast::http;

void append_number(std::string& output, std::size_t number) {
  std::array<char, 20> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  output.append(digits.data(), end);
}

void append_line(std::string& output, std::string_view name, std::string_view value) {
  output.append(name).append(": ").append(value).append("\r\n");
}

bool is_token(std::string_view name) {
  constexpr std::string_view separators = "()<>@,;:\\\"/[]?={} \t";
  return !name.empty() && std::ranges::all_of(name, [&](char c) {
    return is_visible(c) && separators.find(c) == std::string_view::npos;
  });
}

bool is_sendable(std::string_view name, std::string_view value) {
  using boost::beast::iequals;
  constexpr std::string_view line_breakers("\r\n\0", 3);
  return is_token(name) && value.find_first_of(line_breakers) == std::string_view::npos &&
         !iequals(name, "Content-Length") && !iequals(name, "Connection");
}

// RFC 9110 15.3.5 and 15.2: these have no content, and 8.6 forbids them a Content-Length.
bool has_content(unsigned status) {
  return status >= 200 && status != 204;
}

}  // namespace

void write_answer(const Answer& answer, AnswerForm form, std::string& output) {
  output.append("HTTP/1.1 ");
  append_number(output, answer.status);
  const std::string_view reason =
      beast_http::obsolete_reason(beast_http::int_to_status(answer.status));
  output.append(" ").append(reason).append("\r\n");
  if (has_content(answer.status)) {
    if (!answer.content_type.empty()) append_line(output, "Content-Type", answer.content_type);
    output.append("Content-Length: ");
    append_number(output, answer.body.size());
    output.append("\r\n");
  }
  for (const auto& [name, value] : answer.headers) {
    if (is_sendable(name, value)) append_line(output, name, value);
  }
  if (!form.keep_alive) {
    output.append("Connection: close\r\n");
  } else if (form.http_1_0) {
    output.append("Connection: keep-alive\r\n");
  }
  output.append("\r\n");
  if (has_content(answer.status) && !form.without_body) output.append(answer.body);
}

Answer error_answer(unsigned status, std::string_view message) {
  Answer answer;
  answer.status = status;
  answer.body.append(R"({"errorMsg":")").append(message).append(R"("})");
  return answer;
}

}  // namespace gatehouse::http
