#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <string>

#include "daemon/http/body_budget.hpp"
#include "daemon/http/exchange.hpp"
#include "daemon/http/limits.hpp"

namespace gatehouse::http {

/// Why the server answers a request itself. The connection ends with it: where one request cannot
/// be told from the next, nothing that follows may be trusted.
struct Refusal {
  unsigned status;
  ServerEvent event;
  std::string message;
  bool passes = false;  ///< the same request may be taken a moment later
};

/// Lines of a header: more are answered 431. A line that takes 4 bytes on the wire takes a hundred
/// in memory, so the length alone would not say what a connection costs. Proxies add some tens.
inline constexpr std::size_t header_lines_max = 200;

/// One request, from the bytes of its connection; no I/O. Beast parses; added here is what Beast
/// 1.81 lets through: it bounds single header lines but not the header, unfolds obs-fold, and takes
/// codings other than chunked, chunked in HTTP/1.0, a missing or doubled Host, and a trailer's
/// fields among those of the header.
class RequestParser {
 public:
  /// `header`: once, when the header is complete and a body is still to come.
  enum class Progress { incomplete, header, complete, refused };

  /// `bodies` outlives it, and counts its body as long as it lives.
  RequestParser(const Limits& limits, BodyBudget& bodies);

  /// Takes what it can from the front of `buffer`; bytes of the next request are left in it. Of a
  /// body nothing is taken, and no memory for it, before `header` was returned.
  /// Not to be called again once it has returned complete or refused.
  [[nodiscard]] Progress parse(boost::beast::flat_buffer& buffer);

  /// The first byte of the request has come.
  [[nodiscard]] bool begun() const { return begun_; }
  [[nodiscard]] bool is_header_done() const { return parser_.is_header_done(); }
  /// True once, when the client waits for `100 Continue` before it sends the body.
  [[nodiscard]] bool take_expect_continue();
  /// How much of the body is still to come, as far as a Content-Length says.
  [[nodiscard]] std::size_t body_bytes_left() const;

  /// The time for one request is over (408); the client has stopped sending in its middle (400).
  Progress refuse_late();
  Progress refuse_truncated();
  /// After `refused`.
  [[nodiscard]] const Refusal& refusal() const { return *refusal_; }

  /// After `header`, without a body, and after `complete`; the views point into this object. Once
  /// is_header_done(), after `refused` too.
  [[nodiscard]] Request request(std::optional<PeerCredentials> peer) const;
  [[nodiscard]] bool keep_alive() const { return parser_.keep_alive(); }
  [[nodiscard]] bool is_http_1_0() const { return header().version() == 10; }
  [[nodiscard]] bool is_head() const;

 private:
  Progress parse_header(boost::beast::flat_buffer& buffer);
  Progress begin_body();
  Progress parse_body(boost::beast::flat_buffer& buffer);
  Progress check_header();
  Progress make_room(std::size_t body_bytes);
  Progress refuse(unsigned status, ServerEvent event, std::string message);
  Progress refuse(boost::beast::error_code error);
  Progress refuse_header_size();

  using Header = boost::beast::http::request_header<>;
  [[nodiscard]] const Header& header() const { return has_own_header_ ? header_ : parser_.get(); }

  const Limits& limits_;
  BodyBudget::Share share_;
  boost::beast::http::request_parser<boost::beast::http::string_body> parser_;
  /// Of a chunked request, out of the parser's reach: that puts the trailer's fields into its own.
  Header header_;
  bool has_own_header_ = false;
  bool body_begun_ = false;
  std::size_t header_bytes_ = 0;
  bool begun_ = false;
  bool expects_continue_ = false;
  std::optional<Refusal> refusal_;
};

}  // namespace gatehouse::http
