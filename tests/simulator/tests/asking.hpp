#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/verb.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/http/exchange.hpp"
#include "store/values/time.hpp"
#include "tests/simulator/signature.hpp"

namespace gatehouse::simulator {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// A request that owns what http::Request only points to.
struct Asked {
  Asked(boost::beast::http::verb method, std::string target, std::string body, Headers headers);

  [[nodiscard]] http::Request request() const;

  boost::beast::http::verb method;
  std::string target;
  std::string body;
  boost::beast::http::fields fields;
};

/// Starts a request; the answer appears once the loop has run so far.
[[nodiscard]] std::shared_ptr<std::optional<http::Answer>> start(boost::asio::io_context& loop,
                                                                 const http::Handler& handler,
                                                                 Asked asked);
/// Asks and runs the loop until it has nothing left to do.
[[nodiscard]] http::Answer ask(boost::asio::io_context& loop, const http::Handler& handler,
                               Asked asked);

/// A POST signed with `scope`'s keys.
[[nodiscard]] Asked signed_post(std::string target, std::string body, const SigningScope& scope,
                                WallTime now);
/// A delivery with all headers that the cloud expects.
[[nodiscard]] Asked delivery(std::string target, std::string body, const std::string& key,
                             const std::string& purchase_id);

}  // namespace gatehouse::simulator
