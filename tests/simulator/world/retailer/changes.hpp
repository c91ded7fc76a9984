#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <vector>

#include "daemon/http/exchange.hpp"
#include "tests/simulator/world/retailer/feed.hpp"

namespace gatehouse::simulator {

/// GET /shoppers/_changes over a Feed: feed=normal|longpoll, since, limit, timeout (at most 60 s,
/// as CouchDB has it), include_docs. Other parameters are ignored. One thread.
class Changes {
 public:
  Changes(boost::asio::io_context& loop, Feed& feed) : loop_(loop), feed_(feed) {}

  [[nodiscard]] boost::asio::awaitable<http::Answer> answer(const http::Request& request);
  /// Lets every waiting longpoll look again: the feed changed, or its line was cut.
  void wake();

 private:
  boost::asio::awaitable<void> wait(std::chrono::milliseconds longest);

  boost::asio::io_context& loop_;
  Feed& feed_;
  // Weak, because a loop that goes away destroys the waiting coroutines after this object.
  std::vector<std::weak_ptr<boost::asio::steady_timer>> waiting_;
};

}  // namespace gatehouse::simulator
