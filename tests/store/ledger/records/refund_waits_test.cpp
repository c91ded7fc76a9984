#include "store/ledger/records/refund_waits.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>

#include "store/ledger/records/refund.hpp"

namespace gatehouse::store {
namespace {

using namespace std::chrono_literals;

TEST(RefundWaits, ForgetsOneThatHasToWaitAnewBeyondItsBound) {
  RefundWaits waits;
  const SteadyTime start{};
  const auto last = static_cast<std::int64_t>(RefundWaits::kept_max) + 1;
  for (std::int64_t id = 1; id <= last; ++id) waits.begin(id, start);
  EXPECT_FALSE(waits.is_over(1, start + 24h));
  EXPECT_TRUE(waits.is_over(last, start + refund_effect_max));
}

}  // namespace
}  // namespace gatehouse::store
