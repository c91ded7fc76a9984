#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>
#include <type_traits>

#include "daemon/configuration/model/secret.hpp"
#include "tests/daemon/configuration/folder.hpp"

namespace gatehouse::configuration {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string bearer(const std::string& source) {
  return "[cloud]\nauth = 'bearer'\nbearer_file = '" + source + "'\n";
}

TEST(SecretFile, IsReadOnceWithoutItsLineEnd) {
  const Folder folder;
  const auto file = folder.write("token", "hunter2\n").string();
  const auto c = load_right(bearer(file)).configuration;
  EXPECT_EQ(c.cloud.bearer_file.secret.reveal(), "hunter2");
  EXPECT_EQ(c.cloud.bearer_file.source, file);
}

TEST(SecretFile, CanBeACredentialThatSystemdPassed) {
  const Folder folder;
  folder.write("cloud-token", "hunter2");
  const auto c = load_right(bearer("credential:cloud-token"),
                            {{"CREDENTIALS_DIRECTORY", folder.path().string()}})
                     .configuration;
  EXPECT_EQ(c.cloud.bearer_file.secret.reveal(), "hunter2");
}

TEST(SecretFile, SaysThatThereAreNoCredentials) {
  EXPECT_THAT(errors_of(bearer("credential:cloud-token")),
              HasSubstr("gatehouse.toml:5: cloud.bearer_file = \"credential:cloud-token\": systemd "
                        "passed no credentials"));
}

TEST(SecretFile, MustBeReadable) {
  EXPECT_THAT(errors_of(bearer("/nowhere/token")),
              HasSubstr("gatehouse.toml:5: cloud.bearer_file = \"/nowhere/token\": the file cannot "
                        "be read: No such file or directory"));
  EXPECT_THAT(errors_of("[gate]\ntls_certificate = '/nowhere/c'\ntls_key = '/dev/null'\n"),
              HasSubstr("gate.tls_certificate = \"/nowhere/c\": the file cannot be read"));
}

TEST(SecretFile, MustHoldOneLineThatAHeaderCanCarry) {
  const Folder folder;
  for (const auto* content : {"", "\n", "two\nlines\n", "tab\there", " blank", "\xc3\xa4"}) {
    const auto file = folder.write("token", content).string();
    EXPECT_THAT(errors_of(bearer(file)), HasSubstr("one line of visible ASCII")) << content;
  }
}

TEST(SecretFile, MustHoldUserAndPasswordForBasic) {
  const Folder folder;
  const auto wrong = folder.write("wrong", "hunter2\n").string();
  const auto errors = errors_of("[feed]\nauth = 'basic'\nbasic_file = '" + wrong + "'\n");
  EXPECT_THAT(errors, HasSubstr("feed.basic_file"));
  EXPECT_THAT(errors, HasSubstr("the file must hold user:password"));
  EXPECT_THAT(errors, Not(HasSubstr("hunter2")));
  const auto right = folder.write("right", "user:hunter2\n").string();
  const auto c = load_right("[feed]\nauth = 'basic'\nbasic_file = '" + right + "'\n").configuration;
  EXPECT_EQ(c.feed.basic_file.secret.reveal(), "user:hunter2");
}

TEST(SecretFile, IsNotShownWhereTheSecretItselfWasPutInItsPlace) {
  const auto errors = errors_of(bearer("hunter2"), {{"GATEHOUSE_FEED_BASIC_FILE", "me:hunter3"}});
  EXPECT_THAT(errors, HasSubstr("gatehouse.toml:5: cloud.bearer_file: expected the absolute path"));
  EXPECT_THAT(errors, HasSubstr("environment: feed.basic_file: expected the absolute path"));
  EXPECT_THAT(errors, Not(HasSubstr("hunter")));
}

TEST(NamedFile, ResolvesToAPath) {
  const Folder folder;
  folder.write("ca", "PEM");
  const auto c = load_right("[cloud]\nca_file = 'credential:ca'\n",
                            {{"CREDENTIALS_DIRECTORY", folder.path().string()}})
                     .configuration;
  EXPECT_EQ(c.cloud.ca_file.path, (folder.path() / "ca").string());
}

template <class T>
concept Printable = requires(std::ostringstream out, T value) { out << value; };

TEST(Secret, CannotBePrinted) {
  static_assert(!Printable<Secret>);
  static_assert(!fmt::is_formattable<Secret>::value);
  static_assert(!std::is_convertible_v<Secret, std::string>);
  EXPECT_EQ(Secret("x").reveal(), "x");
}

}  // namespace
}  // namespace gatehouse::configuration
