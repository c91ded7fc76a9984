#include "daemon/process/notify.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "tests/daemon/process/service_manager.hpp"

namespace gatehouse::process {
namespace {

TEST(Notify, SpeaksTheLanguageOfTheServiceManager) {
  const ServiceManager manager;
  notify_ready("gate on 127.0.0.1:1");
  EXPECT_EQ(manager.next(), "READY=1\nSTATUS=gate on 127.0.0.1:1");
  notify_alive();
  EXPECT_EQ(manager.next(), "WATCHDOG=1");
  notify_hung();
  EXPECT_EQ(manager.next(), "WATCHDOG=trigger");
  notify_stopping("bye");
  EXPECT_EQ(manager.next(), "STOPPING=1\nSTATUS=bye");
  notify_reloading();
  EXPECT_TRUE(manager.next().starts_with("RELOADING=1\nMONOTONIC_USEC="));
}

TEST(Notify, IsSilentWithoutAServiceManager) {
  ::unsetenv("NOTIFY_SOCKET");
  notify_ready("nobody listens");
  EXPECT_EQ(watchdog_period(), std::nullopt);
}

TEST(Notify, KnowsHowLongTheWatchdogWaits) {
  ::setenv("WATCHDOG_USEC", "10000000", 1);
  EXPECT_EQ(watchdog_period(), std::chrono::microseconds(10'000'000));
  ::unsetenv("WATCHDOG_USEC");
}

}  // namespace
}  // namespace gatehouse::process
