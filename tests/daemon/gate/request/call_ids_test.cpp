#include "daemon/gate/request/call_ids.hpp"

#include <gtest/gtest.h>

#include "daemon/gate/request/document.hpp"

namespace gatehouse::gate {
namespace {

CallIds ids_of(std::string_view body) {
  DocumentParser parser;
  (void)parser.parse(body);
  return call_ids(parser);
}

TEST(CallIds, AreThoseOfTheLastBody) {
  const auto ids = ids_of(R"({"requestId":"a1b2c3d4-e5f6-7890-abcd-ef1234567890",)"
                          R"("idempotentShoppingTripId":"T-1"})");
  EXPECT_EQ(ids.request_id.shown(), "a1b2c3d4-e5f6-7890-abcd-ef1234567890");
  EXPECT_EQ(ids.trip_id.shown(), "T-1");
  EXPECT_EQ(ids_of(R"({"shopperInteraction":{"shoppingTripId":"T-2"}})").trip_id.shown(), "T-2");
}

TEST(CallIds, AreNoneWhereThereAreNone) {
  for (const auto* const body : {"", "[]", "{}", R"({"requestId":7,"shopperInteraction":1})",
                                 R"({"requestId":"4111111111111111"})"}) {
    EXPECT_EQ(ids_of(body).request_id.shown(), "-") << body;
    EXPECT_EQ(ids_of(body).trip_id.shown(), "-") << body;
  }
}

TEST(CallIds, AreCutAndMadeFitForALine) {
  ShortText text;
  text.assign("a\nb");
  EXPECT_EQ(text.shown(), "a\\x0ab");
  text.assign(std::string(64, 'x'));
  EXPECT_EQ(text.shown(), std::string(64, 'x'));
  text.assign(std::string(65, 'x'));
  EXPECT_EQ(text.shown(), std::string(64, 'x') + "...");
}

TEST(CallIds, ShowNoCardNumberNorTheBeginningOfOne) {
  ShortText text;
  text.assign("4111111111111111");
  EXPECT_EQ(text.shown(), "****************");
  text.assign(std::string(54, 'x') + "4111111111111111");
  EXPECT_EQ(text.shown(), std::string(54, 'x') + "**********...");
  text.assign(std::string(50, '.') + " 4111 1111 1111 1111");
  EXPECT_EQ(text.shown(), std::string(50, '.') + " **** **** ***...");
}

}  // namespace
}  // namespace gatehouse::gate
