#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <string>

#include "daemon/http/exchange.hpp"
#include "daemon/http/server.hpp"

namespace gatehouse::http {

/// Why the server answers a request itself. The connection ends with it: where one request cannot
/// be told from the next, nothing that follows may be trusted.
struct Refusal {
  unsigned status;
  ServerEvent event;
  std::string message;
};

/// One request, from the bytes of its connection; no I/O. Beast parses; added here is what Beast
/// 1.81 lets through: it bounds single header lines but not the header, unfolds obs-fold, and takes
/// codings other than chunked, chunked in HTTP/1.0, and a missing or doubled Host.
class RequestParser {
 public:
  enum class Progress { incomplete, complete, refused };

  explicit RequestParser(const Limits& limits);

  /// Takes what it can from the front of `buffer`; bytes of the next request are left in it.
  /// Not to be called again once it has returned complete or refused.
  [[nodiscard]] Progress parse(boost::beast::flat_buffer& buffer);

  /// The first byte of the request has come.
  [[nodiscard]] bool begun() const { return begun_; }
  /// True once, when the client waits for `100 Continue` before it sends the body.
  [[nodiscard]] bool take_expect_continue();
  /// How much of the body is still to come, as far as a Content-Length says.
  [[nodiscard]] std::size_t body_bytes_left() const;

  /// The time for one request is over (408); the client has stopped sending in its middle (400).
  Progress refuse_late();
  Progress refuse_truncated();
  /// After `refused`.
  [[nodiscard]] const Refusal& refusal() const { return *refusal_; }

  /// After `complete`; the views point into this object.
  [[nodiscard]] Request request(std::optional<PeerCredentials> peer) const;
  [[nodiscard]] bool keep_alive() const { return parser_.keep_alive(); }
  [[nodiscard]] bool is_http_1_0() const { return parser_.get().version() == 10; }
  [[nodiscard]] bool is_head() const;

 private:
  Progress parse_header(boost::beast::flat_buffer& buffer);
  Progress parse_body(boost::beast::flat_buffer& buffer);
  Progress check_header();
  Progress refuse(unsigned status, ServerEvent event, std::string message);
  Progress refuse(boost::beast::error_code error);
  Progress refuse_header_size();

  const Limits& limits_;
  boost::beast::http::request_parser<boost::beast::http::string_body> parser_;
  std::size_t header_bytes_ = 0;
  bool begun_ = false;
  bool expects_continue_ = false;
  std::optional<Refusal> refusal_;
};

}  // namespace gatehouse::http
