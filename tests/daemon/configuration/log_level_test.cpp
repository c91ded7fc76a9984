#include "daemon/configuration/log_level.hpp"

#include <gtest/gtest.h>

#include "tests/daemon/configuration/folder.hpp"

namespace gatehouse::configuration {
namespace {

TEST(LogLevels, AreReadInAnyCase) {
  EXPECT_EQ(read_log_level("trace"), LogLevel::trace);
  EXPECT_EQ(read_log_level("Debug"), LogLevel::debug);
  EXPECT_EQ(read_log_level("INFO"), LogLevel::info);
  EXPECT_EQ(read_log_level("warn"), LogLevel::warn);
  EXPECT_EQ(read_log_level("WARNING"), LogLevel::warn);
  EXPECT_EQ(read_log_level("error"), LogLevel::error);
  EXPECT_EQ(read_log_level("err"), LogLevel::error);
}

TEST(LogLevels, HaveNoneThatSilencesTheLog) {
  for (const char* text : {"", "verbose", "off", "OFF", "critical", " info", "info ", "inf",
                           "infoo", "2", "\xc4\xb0nfo"}) {
    EXPECT_EQ(read_log_level(text), std::nullopt) << text;
  }
  EXPECT_EQ(default_log_level, LogLevel::info);
}

TEST(LogLevels, ThatAreNoneAreAFinding) {
  const Folder folder;
  const auto file = folder.write("gatehouse.toml", "[store]\nid = 'S'\n");
  for (const char* text : {"", "verbose", "off"}) {
    const auto loaded = load(file, {{"GATEHOUSE_LOG_LEVEL", text}});
    ASSERT_TRUE(loaded) << text << ": what version 0.1 took is taken";
    EXPECT_TRUE(warns(*loaded, "GATEHOUSE_LOG_LEVEL", "the log is at info")) << text;
  }
  for (const char* text : {"debug", "INFO", "Warning"}) {
    const auto loaded = load(file, {{"GATEHOUSE_LOG_LEVEL", text}});
    ASSERT_TRUE(loaded);
    EXPECT_FALSE(warns(*loaded, "GATEHOUSE_LOG_LEVEL")) << text;
  }
}

}  // namespace
}  // namespace gatehouse::configuration
