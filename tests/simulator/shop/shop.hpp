#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <list>
#include <optional>
#include <string>

#include "store/values/time.hpp"
#include "tests/simulator/random.hpp"
#include "tests/simulator/shop/connection.hpp"
#include "tests/simulator/shop/plan.hpp"
#include "tests/simulator/shop/report.hpp"
#include "tests/simulator/shop/requests.hpp"

namespace gatehouse::simulator {

struct ShopOptions {
  PlanOptions plan;
  std::string store_id = "STORE-001";
  Address gate;
  /// Of a second box: it gets each cart that the first acknowledges at once, byte for byte.
  std::optional<Address> second_gate{};
  std::string bearer_token;
  double trips_per_s = 0;  ///< 0: as fast as the connections go
  std::size_t connections = 8;
  std::chrono::milliseconds retry_max{60'000};  ///< for how long a cart is sent again
  std::chrono::milliseconds request_max{10'000};
  std::chrono::milliseconds late{2'000};  ///< how long a late repetition waits
};

/// Plays Amazon at the gate: for each trip a scan, then its cart, which is sent again on connection
/// errors, 408, 429 and 5xx until it is acknowledged or `retry_max` is over (what Amazon really
/// does is not published; connectors.md 9). All on one loop.
class Shop {
 public:
  Shop(boost::asio::io_context& loop, ShopOptions options, const Clock& clock);

  /// Starts the connections; `done` is called from the loop when the last trip has ended.
  void start(std::function<void()> done = {});
  /// Complete once `done` was called.
  [[nodiscard]] ShopReport& report() { return report_; }

 private:
  boost::asio::awaitable<void> work();
  boost::asio::awaitable<void> play(Connection& connection, std::uint64_t index);
  boost::asio::awaitable<ScanResult> scan(Connection& connection, const TripPlan& trip,
                                          const std::string& key, bool may_enter, Random& ids);
  boost::asio::awaitable<void> deliver(Connection& connection, const TripPlan& trip,
                                       std::uint64_t index, const CartOccasion& occasion,
                                       Random& ids);
  /// A cart that comes once more, when its time has come.
  struct Again {
    std::uint64_t index = 0;
    std::uint64_t number = 0;
    Repetition kind = Repetition::same_cart;
    std::string body;
    SteadyTime due{};
  };
  void plan_again(const TripPlan& trip, std::uint64_t index, const CartOccasion& occasion,
                  const std::string& body, Random& ids);
  /// The next one whose time has come; at the `end` of all trips any that is left.
  std::optional<Again> take_again(bool end);
  boost::asio::awaitable<void> send_due(Connection& connection, bool end);
  boost::asio::awaitable<void> send_again(Connection& connection, Again again);
  /// Until it is acknowledged there, too.
  boost::asio::awaitable<void> deliver_to_second(std::string body, std::uint64_t index);
  boost::asio::awaitable<void> sleep_until(SteadyTime time);

  boost::asio::io_context& loop_;
  ShopOptions options_;
  const Clock& clock_;
  Plan plan_;
  SteadyTime started_;
  std::uint64_t next_ = 0;
  std::size_t working_ = 0;
  std::list<Again> again_;
  std::uint64_t latest_acknowledged_ = 0;  // number of a trip
  std::function<void()> done_;
  ShopReport report_;
};

}  // namespace gatehouse::simulator
