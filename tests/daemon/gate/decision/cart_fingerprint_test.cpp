#include "daemon/gate/decision/cart_fingerprint.hpp"

#include <gtest/gtest.h>

namespace gatehouse::gate {
namespace {

constexpr std::string_view first = R"({"requestId":"a-1","storeId":"S","cartItems":[]})";

TEST(CartFingerprint, IsTheSameWhenOnlyTheRequestIdIsNew) {
  EXPECT_EQ(cart_fingerprint(first, "a-1"),
            cart_fingerprint(R"({"requestId":"b-22","storeId":"S","cartItems":[]})", "b-22"));
}

TEST(CartFingerprint, DiffersWithEverythingElse) {
  EXPECT_NE(cart_fingerprint(first, "a-1"),
            cart_fingerprint(R"({"requestId":"a-1","storeId":"S","cartItems":[{}]})", "a-1"));
}

TEST(CartFingerprint, IsTheDigestOfTheBodyWhereThereIsNoRequestId) {
  // printf abc | sha256sum
  EXPECT_EQ(cart_fingerprint("abc", "").substr(0, 4), "\xba\x78\x16\xbf");
  EXPECT_EQ(cart_fingerprint("abc", "").size(), 32U);
}

}  // namespace
}  // namespace gatehouse::gate
