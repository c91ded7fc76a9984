#include "daemon/log/log_level.hpp"

#include <gtest/gtest.h>

namespace gatehouse::log {
namespace {

TEST(LogLevels, AreReadInAnyCase) {
  EXPECT_EQ(read_level("trace"), Level::trace);
  EXPECT_EQ(read_level("Debug"), Level::debug);
  EXPECT_EQ(read_level("INFO"), Level::info);
  EXPECT_EQ(read_level("warn"), Level::warn);
  EXPECT_EQ(read_level("WARNING"), Level::warn);
  EXPECT_EQ(read_level("error"), Level::error);
  EXPECT_EQ(read_level("err"), Level::error);
}

TEST(LogLevels, HaveNoneThatSilencesTheLog) {
  for (const char* text : {"", "verbose", "off", "OFF", "critical", " info", "info ", "inf",
                           "infoo", "2", "\xc4\xb0nfo"}) {
    EXPECT_EQ(read_level(text), std::nullopt) << text;
  }
  EXPECT_EQ(default_level, Level::info);
}

}  // namespace
}  // namespace gatehouse::log
