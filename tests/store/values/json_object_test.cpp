#include "store/values/json_object.hpp"

#include <gtest/gtest.h>

namespace gatehouse {
namespace {

TEST(JsonObject, WritesItsMembersInTheOrderOfTheCalls) {
  EXPECT_EQ(JsonObject().done(), "{}");
  EXPECT_EQ(JsonObject().text("a", "\"\n").number("b", -7).json("c", "[1]").done(),
            R"({"a":"\"\u000a","b":-7,"c":[1]})");
}

TEST(JsonObject, TakesTheMembersOfAnother) {
  const std::string inner = JsonObject().text("tripId", "T-1").done();
  EXPECT_EQ(JsonObject().number("revision", 2).members(inner).done(),
            R"({"revision":2,"tripId":"T-1"})");
  EXPECT_EQ(JsonObject().number("revision", 2).members("{}").done(), R"({"revision":2})");
  EXPECT_EQ(JsonObject().members(inner).done(), inner);
}

TEST(JsonObject, KeepsAmountsAsText) {
  const Money most{9'007'199'254'740'993, "USD"};  // no double has it
  EXPECT_EQ(amount_text(most), R"({"amount":"90071992547409.93","code":"USD"})");
  EXPECT_EQ(amount_number(most), R"({"amount":90071992547409.93,"code":"USD"})");
}

}  // namespace
}  // namespace gatehouse
