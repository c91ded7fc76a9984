#include "daemon/http/request_parser.hpp"

#include <fmt/format.h>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

namespace gatehouse::http {
namespace {

using boost::beast::flat_buffer;
using boost::beast::iequals;
namespace beast_http = boost::beast::http;

std::string_view text(const flat_buffer& buffer) {
  return {static_cast<const char*>(buffer.cdata().data()), buffer.size()};
}

// RFC 9112 2.2: an empty line before the request line is skipped.
void skip_empty_line(flat_buffer& buffer) {
  if (text(buffer).starts_with("\r\n")) buffer.consume(2);
}

// RFC 9112 5.2: a line that goes on with a blank is refused, because Beast and a proxy before us
// may read it differently.
bool has_folded_line(std::string_view lines) {
  for (auto at = lines.find('\n'); at != lines.npos; at = lines.find('\n', at + 1)) {
    if (at + 1 < lines.size() && (lines[at + 1] == ' ' || lines[at + 1] == '\t')) return true;
  }
  return false;
}

// RFC 9112 3.2.2: the absolute form means the same resource.
std::string_view origin_form(std::string_view target) {
  if (target.starts_with('/')) return target;
  const auto scheme_end = target.find("://");
  if (scheme_end == target.npos || scheme_end > 5) return target;
  const auto path = target.find('/', scheme_end + 3);
  return path == target.npos ? std::string_view("/") : target.substr(path);
}

// The shortest end of a chunked body, "0\r\n\r\n": less can never complete one, and Beast 1.81
// asserts (and so would end the process) when it is given "0\r\n\r".
constexpr std::size_t last_chunk_min_bytes = 5;

/// The rest of the request is in `buffer`; false also where only its end can say so.
template <class Parser>
bool is_within(const Parser& parser, const flat_buffer& buffer) {
  if (parser.is_done()) return true;
  return !parser.chunked() && parser.content_length_remaining().value_or(0) <= buffer.size();
}

}  // namespace

RequestParser::RequestParser(const Limits& limits, BodyBudget& bodies)
    : limits_(limits), share_(bodies) {
  parser_.header_limit(static_cast<std::uint32_t>(limits.header_max_bytes));
  // Set in begin_body(): who shows no proof is to hear of that first.
  parser_.body_limit(boost::none);
}

RequestParser::Progress RequestParser::parse(flat_buffer& buffer) {
  if (!parser_.is_header_done()) {
    if (const auto progress = parse_header(buffer); progress != Progress::complete) return progress;
    if (!is_within(parser_, buffer)) return Progress::header;
  }
  if (!std::exchange(body_begun_, true)) {
    if (const auto progress = begin_body(); progress != Progress::complete) return progress;
  }
  return parse_body(buffer);
}

RequestParser::Progress RequestParser::parse_header(flat_buffer& buffer) {
  if (!begun_) skip_empty_line(buffer);
  if (buffer.size() == 0 || text(buffer) == "\r") return Progress::incomplete;
  begun_ = true;
  boost::beast::error_code error;
  const auto consumed = parser_.put(buffer.cdata(), error);
  if (has_folded_line(text(buffer).substr(0, consumed))) {
    return refuse(400, ServerEvent::bad_request,
                  "a header line is folded over two lines; send it as one line");
  }
  buffer.consume(consumed);
  header_bytes_ += consumed;
  const bool incomplete = error == beast_http::error::need_more;
  if (header_bytes_ + (incomplete ? buffer.size() : 0) > limits_.header_max_bytes) {
    return refuse_header_size();
  }
  if (incomplete) return Progress::incomplete;
  if (error) return refuse(error);
  return check_header();
}

RequestParser::Progress RequestParser::check_header() {
  std::size_t lines = 0;
  std::size_t hosts = 0;
  for (const auto& field : parser_.get()) {
    ++lines;
    if (field.name() == beast_http::field::host) {
      ++hosts;
    } else if (field.name() == beast_http::field::expect) {
      expects_continue_ = iequals(field.value(), "100-continue") && !is_http_1_0();
    } else if (field.name() == beast_http::field::transfer_encoding) {
      if (is_http_1_0() || !iequals(field.value(), "chunked")) {
        return refuse(400, ServerEvent::bad_request,
                      "Transfer-Encoding is understood as chunked in HTTP/1.1 alone; send a "
                      "Content-Length");
      }
    }
  }
  if (lines > header_lines_max) {
    return refuse(431, ServerEvent::header_too_large,
                  fmt::format("the header has more than {} lines", header_lines_max));
  }
  // RFC 9112 3.2.
  if (hosts > 1 || (hosts == 0 && !is_http_1_0())) {
    return refuse(400, ServerEvent::bad_request, "a request carries exactly one Host header");
  }
  return Progress::complete;
}

RequestParser::Progress RequestParser::begin_body() {
  parser_.body_limit(limits_.body_max_bytes);
  if (parser_.chunked()) {
    header_ = std::move(static_cast<Header&>(parser_.get()));
    has_own_header_ = true;
    return Progress::complete;
  }
  const auto announced = parser_.content_length().value_or(0);
  if (announced > limits_.body_max_bytes) return refuse(beast_http::error::body_limit);
  return make_room(announced);
}

RequestParser::Progress RequestParser::make_room(std::size_t body_bytes) {
  if (share_.grow_to(body_bytes)) return Progress::complete;
  refuse(503, ServerEvent::bodies_full, "too many large bodies at a time; send it again later");
  refusal_->passes = true;
  return Progress::refused;
}

RequestParser::Progress RequestParser::parse_body(flat_buffer& buffer) {
  const std::size_t least = parser_.chunked() ? last_chunk_min_bytes : 1;
  while (!parser_.is_done()) {
    if (buffer.size() < least) return Progress::incomplete;
    boost::beast::error_code error;
    buffer.consume(parser_.put(buffer.cdata(), error));
    if (error == beast_http::error::need_more) {
      // Only the line of a chunk's size and the trailer can wait in the buffer.
      if (buffer.size() > limits_.header_max_bytes) return refuse_header_size();
      return Progress::incomplete;
    }
    if (error) return refuse(error);
    if (const auto room = make_room(parser_.get().body().capacity()); room != Progress::complete) {
      return room;
    }
  }
  if (has_own_header_) parser_.get().clear();  // of the trailer's fields
  return Progress::complete;
}

RequestParser::Progress RequestParser::refuse(unsigned status, ServerEvent event,
                                              std::string message) {
  refusal_ = Refusal{.status = status, .event = event, .message = std::move(message)};
  return Progress::refused;
}

RequestParser::Progress RequestParser::refuse(boost::beast::error_code error) {
  if (error == beast_http::error::header_limit) return refuse_header_size();
  if (error == beast_http::error::body_limit) {
    return refuse(413, ServerEvent::body_too_large,
                  fmt::format("the body is larger than {} bytes", limits_.body_max_bytes));
  }
  return refuse(400, ServerEvent::bad_request,
                fmt::format("this is not an HTTP/1.1 request: {}", error.message()));
}

RequestParser::Progress RequestParser::refuse_header_size() {
  return refuse(431, ServerEvent::header_too_large,
                fmt::format("the header is larger than {} bytes", limits_.header_max_bytes));
}

bool RequestParser::take_expect_continue() {
  return std::exchange(expects_continue_, false) && parser_.is_header_done();
}

std::size_t RequestParser::body_bytes_left() const {
  if (!parser_.is_header_done()) return 0;
  return parser_.content_length_remaining().value_or(0);
}

RequestParser::Progress RequestParser::refuse_late() {
  return refuse(
      408, ServerEvent::request_timed_out,
      fmt::format("the request was not complete within {} ms", limits_.request_max.count()));
}

RequestParser::Progress RequestParser::refuse_truncated() {
  return refuse(400, ServerEvent::bad_request,
                "the connection ended before the request was complete");
}

bool RequestParser::is_head() const {
  return header().method() == beast_http::verb::head;
}

Request RequestParser::request(std::optional<PeerCredentials> peer) const {
  const Header& head = header();
  return {
      head.method(), head.method_string(), origin_form(head.target()), parser_.get().body(), head,
      peer};
}

}  // namespace gatehouse::http
