#include "daemon/configuration/reference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <fstream>
#include <sstream>

#include "daemon/configuration/model/value.hpp"
#include "tests/daemon/configuration/folder.hpp"

namespace gatehouse::configuration {
namespace {

std::string content_of(const std::filesystem::path& file) {
  std::ostringstream content;
  content << std::ifstream(file, std::ios::binary).rdbuf();
  return content.str();
}

const std::filesystem::path source_folder = GATEHOUSE_SOURCE_DIR;

TEST(PackagedFile, IsTheTableItself) {
  EXPECT_EQ(content_of(source_folder / "packaging/gatehouse.toml"), default_toml())
      << "regenerate it: gatehouse check-config --print-default > packaging/gatehouse.toml";
}

TEST(PackagedFile, LoadsToTheDefaultsAndSaysWhatIsLeftToConfigure) {
  const auto loaded = load(source_folder / "packaging/gatehouse.toml", {});
  ASSERT_TRUE(loaded) << to_text(loaded.error().front());
  for (const Field& field : fields()) {
    if (field.name() == "store.id") continue;
    EXPECT_EQ(value_text(field, loaded->configuration), value_text(field, defaults()))
        << field.name();
  }
  EXPECT_EQ(loaded->configuration.store.id, "STORE-001");
  EXPECT_TRUE(warns(*loaded, "store.id", "placeholder"));
  EXPECT_TRUE(warns(*loaded, "feed.url", "not set"));
  EXPECT_TRUE(warns(*loaded, "cloud.url", "not set"));
  EXPECT_EQ(loaded->warnings.size(), 3U);
}

TEST(Reference, HasARowForEveryKey) {
  const std::string markdown = reference_markdown();
  for (const Field& field : fields()) {
    EXPECT_THAT(markdown, testing::HasSubstr("| `" + std::string(field.key) + "` | "));
    EXPECT_THAT(markdown, testing::HasSubstr(std::string(field.doc)));
  }
  EXPECT_THAT(markdown,
              testing::HasSubstr("| `max_connections` | whole number, 1 to 100000 | `1024` | "
                                 "restart | Maximum number of connections"));
  EXPECT_THAT(markdown, testing::HasSubstr("| `stale_after` | duration, \"0ms\" to \"3650d\" | "
                                           "`\"24h\"` | reload |"));
}

TEST(Reference, IsWhatTheManualContains) {
  const auto manual = source_folder / "docs/configuration.md";
  EXPECT_THAT(content_of(manual), testing::HasSubstr(reference_markdown()))
      << "regenerate it: gatehouse check-config --print-reference";
}

}  // namespace
}  // namespace gatehouse::configuration
