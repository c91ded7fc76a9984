#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <string>

#include "daemon/command/reply.hpp"

// Private to the two clients of this folder: one request, and its answer. All of it throws
// boost::system::system_error.
namespace gatehouse::command {

using Request = boost::beast::http::request<boost::beast::http::string_body>;

/// Of a connection that is used once. A body is JSON.
[[nodiscard]] Request make_request(const std::string& method, const std::string& target,
                                   const std::string& body);

inline constexpr std::size_t answer_max_bytes = 16 * 1024 * 1024;

/// Over a connected stream whose deadline is set.
template <class Stream>
boost::asio::awaitable<Reply> ask_over(Stream& stream, const Request& request) {
  namespace http = boost::beast::http;
  co_await http::async_write(stream, request, boost::asio::use_awaitable);
  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(answer_max_bytes);
  co_await http::async_read(stream, buffer, parser, boost::asio::use_awaitable);
  co_return Reply{parser.get().result_int(), std::move(parser.get().body())};
}

using UnixStream = boost::beast::basic_stream<boost::asio::local::stream_protocol>;
/// `deadline` is for all that is done with the stream.
[[nodiscard]] boost::asio::awaitable<UnixStream> connect_unix(std::string socket,
                                                              std::chrono::milliseconds deadline);

/// Runs it to its end.
[[nodiscard]] Reply wait_for(boost::asio::awaitable<Reply> asking, boost::asio::io_context& loop);

}  // namespace gatehouse::command
