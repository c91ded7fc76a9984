#pragma once

#include <set>
#include <string>
#include <unordered_map>

#include "daemon/http/exchange.hpp"
#include "tests/simulator/signature.hpp"
#include "tests/simulator/tests/asking.hpp"

namespace gatehouse::simulator {

/// The least that a gate can do, to test the world and the shop without a Gatehouse: it keeps
/// nothing, and hands each new cart to the world and settles it before it answers. `unreliable`
/// makes it answer 503 to every third cart, and lose every seventh answer.
class FakeGate {
 public:
  FakeGate(http::Handler world, std::set<std::string> welcome, SigningScope signing,
           const Clock& clock, bool unreliable)
      : world_(std::move(world)),
        welcome_(std::move(welcome)),
        signing_(std::move(signing)),
        clock_(clock),
        unreliable_(unreliable) {}

  [[nodiscard]] http::Handler handler();

 private:
  boost::asio::awaitable<http::Answer> answer(const http::Request& request);
  http::Answer scan(const http::Request& request) const;
  boost::asio::awaitable<http::Answer> cart(const http::Request& request);
  boost::asio::awaitable<void> settle(std::string trip_id, std::string cloud_answer);
  boost::asio::awaitable<std::string> call_world(Asked asked);

  http::Handler world_;
  std::set<std::string> welcome_;
  SigningScope signing_;
  const Clock& clock_;
  bool unreliable_;
  int carts_ = 0;
  std::unordered_map<std::string, std::string> purchase_ids_;  // by trip
};

}  // namespace gatehouse::simulator
