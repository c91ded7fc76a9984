#include "daemon/loop/handover.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <memory>
#include <optional>
#include <thread>

namespace gatehouse::loop {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// What comes of a value that `give` hands over from a thread of its own.
template <class Give>
std::optional<int> received(milliseconds deadline, Give give) {
  asio::io_context loop;
  const auto handover = std::make_shared<Handover<int>>(loop);
  std::optional<int> result;
  asio::co_spawn(
      loop,
      [handover, deadline, &result]() -> asio::awaitable<void> {
        result = co_await handover->receive(deadline);
      },
      asio::detached);
  std::jthread other([&give, sender = handover->sender()]() mutable { give(sender); });
  loop.run();
  return result;
}

TEST(Handover, BringsAValueOfAnotherThreadToTheCoroutine) {
  EXPECT_EQ(received(20s, [](auto& send) { send(7); }), 7);
}

TEST(Handover, TakesTheFirstValue) {
  EXPECT_EQ(received(20s,
                     [](auto& send) {
                       send(7);
                       send(8);
                     }),
            7);
}

TEST(Handover, EndsAtItsDeadlineWithoutAValue) {
  EXPECT_EQ(received(1ms, [](auto&) {}), std::nullopt);
}

TEST(Handover, DropsAValueThatComesAfterTheCoroutineHasGone) {
  asio::io_context loop;
  auto handover = std::make_shared<Handover<std::shared_ptr<int>>>(loop);
  auto send = handover->sender();
  handover.reset();
  const auto value = std::make_shared<int>(7);
  send(value);
  loop.run();
  EXPECT_EQ(value.use_count(), 1);
}

}  // namespace
}  // namespace gatehouse::loop
