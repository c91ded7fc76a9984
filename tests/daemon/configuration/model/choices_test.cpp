#include "daemon/configuration/model/choices.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::configuration {
namespace {

using testing::ElementsAre;

TEST(Choices, KeepTheWordsThatStandInTheFilesOfStores) {
  EXPECT_THAT(choices<UnknownShopper>, ElementsAre("reject", "ask_cloud"));
  EXPECT_THAT(choices<WhenStale>, ElementsAre("answer", "reject"));
  EXPECT_THAT(choices<gate::AcceptedId>, ElementsAre("code", "shopper"));
  EXPECT_THAT(choices<gate::AuthorizationFallback>,
              ElementsAre("recommendation", "accept", "deny"));
  EXPECT_THAT(choices<Auth>, ElementsAre("none", "basic", "bearer", "sigv4", "mtls"));
  EXPECT_THAT(choices<sync::SettlementMode>, ElementsAre("none", "payment", "checkout"));
  EXPECT_THAT(choices<sync::UnknownCapture>, ElementsAre("ask_then_repeat", "hold"));
  EXPECT_THAT(choices<sync::TimeUnit>, ElementsAre("seconds", "milliseconds"));
  EXPECT_THAT(choices<sync::CredentialSource>,
              ElementsAre("environment", "file", "process", "iot"));
}

TEST(Choices, AreFoundByTheirOwnValue) {
  EXPECT_EQ(
      choices<sync::SettlementMode>.at(static_cast<std::size_t>(sync::SettlementMode::checkout)),
      "checkout");
  EXPECT_EQ(choices<sync::UnknownCapture>.at(static_cast<std::size_t>(sync::UnknownCapture::hold)),
            "hold");
  EXPECT_EQ(choices<Auth>.at(static_cast<std::size_t>(Auth::mtls)), "mtls");
}

}  // namespace
}  // namespace gatehouse::configuration
