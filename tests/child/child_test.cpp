#include "tests/child/child.hpp"

#include <gtest/gtest.h>

namespace gatehouse::child {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

TEST(Child, TellsItsEndAgainToWhoeverAsksTwice) {
  Child child({{"/bin/sh", "-c", "exit 7"}, {}, std::nullopt, {}});
  EXPECT_EQ(child.wait_end(10s), 7);
  EXPECT_EQ(child.wait_end(10s), 7);
}

}  // namespace
}  // namespace gatehouse::child
