#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/verb.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "store/values/result.hpp"

namespace gatehouse::simulator {

/// Where an HTTP server listens: "http://127.0.0.1:8080", "http://[::1]:8080" or
/// "unix:/run/x.sock".
struct Address {
  boost::asio::generic::stream_protocol::endpoint endpoint;
  std::string host;  ///< for the Host header
};
/// Names are resolved here and now, blocking.
[[nodiscard]] Result<Address> resolve(const std::string& url);

struct ClientReply {
  unsigned status = 0;  ///< 0: no complete answer
  std::string body{};
  boost::system::error_code error{};  ///< why there is none
};

/// One keep-alive connection as an HTTP client has it: connects when needed, and tries once more on
/// a fresh connection where a kept one turns out to have been closed by the server meanwhile. One
/// request at a time; one thread.
class Connection {
 public:
  Connection(boost::asio::any_io_executor executor, Address address, std::string bearer_token,
             std::chrono::milliseconds timeout);

  /// `target` and `body` must live until the coroutine has ended.
  [[nodiscard]] boost::asio::awaitable<ClientReply> send(boost::beast::http::verb method,
                                                         std::string_view target,
                                                         std::string_view body);
  void close() { stream_.reset(); }

 private:
  using Stream = boost::beast::basic_stream<boost::asio::generic::stream_protocol>;
  boost::asio::awaitable<boost::system::error_code> connect();
  boost::asio::awaitable<ClientReply> exchange(boost::beast::http::verb method,
                                               std::string_view target, std::string_view body);

  boost::asio::any_io_executor executor_;
  Address address_;
  std::string bearer_token_;
  std::chrono::milliseconds timeout_;
  std::unique_ptr<Stream> stream_;
  boost::beast::flat_buffer buffer_;
};

}  // namespace gatehouse::simulator
