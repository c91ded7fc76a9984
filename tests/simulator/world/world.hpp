#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <string>

#include "daemon/http/exchange.hpp"
#include "store/values/time.hpp"
#include "tests/simulator/signature.hpp"
#include "tests/simulator/world/amazon/checkout.hpp"
#include "tests/simulator/world/amazon/payments.hpp"
#include "tests/simulator/world/effects.hpp"
#include "tests/simulator/world/fates.hpp"
#include "tests/simulator/world/outages.hpp"
#include "tests/simulator/world/retailer/changes.hpp"
#include "tests/simulator/world/retailer/cloud.hpp"
#include "tests/simulator/world/retailer/feed.hpp"

namespace gatehouse::simulator {

struct WorldOptions {
  std::string store_id = "STORE-001";
  std::uint64_t seed = 1;
  std::uint64_t shoppers = 1000;
  SigningScope signing{.access_key_id = "AKIDEXAMPLE",
                       .secret_access_key = "",
                       .session_token = "",
                       .region = "us-east-1",
                       .service = "execute-api"};
  Prices prices{};
  Scenario scenario{};
};

/// Everything outside the box on one port: the shopper feed, the retailer's cloud, Amazon's payment
/// and checkout services, and `/sim/…` to break the line and to read what had an effect. It lives
/// on one io_context and on one thread, for which it must outlive the server that calls its
/// handler.
class World {
 public:
  World(boost::asio::io_context& loop, WorldOptions options, const Clock& clock);

  [[nodiscard]] http::Handler handler();
  /// From now on Amazon does not know this trip.
  void forget_trip(const std::string& trip_id);
  /// From now on this goes wrong, and nothing else of an earlier scenario; its outages count from
  /// now.
  void play(Scenario scenario);

 private:
  boost::asio::awaitable<http::Answer> answer(const http::Request& request);
  boost::asio::awaitable<http::Answer> answer_of(Endpoint endpoint, const http::Request& request);
  Fate fate_of(Endpoint endpoint, const http::Request& request);
  boost::asio::awaitable<http::Answer> perform(Endpoint endpoint, const http::Request& request,
                                               Verdict verdict);
  boost::asio::awaitable<void> wait(milliseconds time);
  boost::asio::awaitable<http::Answer> suffer(Outage outage);

  http::Answer control(const http::Request& request);
  http::Answer start_outage(std::string_view body);
  http::Answer set_faults(std::string_view body);
  http::Answer set_scenario(std::string_view body);
  http::Answer forget_trips(std::string_view body);
  http::Answer put_document(const std::string& document_id, std::string_view body);
  http::Answer remove_document(const std::string& document_id);
  http::Answer effects(std::string_view target) const;

  boost::asio::io_context& loop_;
  const Clock& clock_;
  std::uint64_t seed_;
  Outages outages_;
  Fates fates_;
  bool is_calm_ = true;
  Effects effects_;
  Feed feed_;
  Changes changes_;
  Cloud cloud_;
  Payments payments_;
  Checkout checkout_;
};

}  // namespace gatehouse::simulator
