#include "sync/credentials/shared_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/child/child.hpp"

namespace gatehouse::sync {
namespace {

using testing::HasSubstr;
using testing::Not;

const WallTime now = from_unix_ms(1'800'000'000'000);

Result<IssuedCredentials> read(std::string_view text, std::string_view profile = "store") {
  return read_shared_credentials(text, profile, "/etc/aws", now);
}
std::string error(std::string_view text, std::string_view profile = "store") {
  const auto issued = read(text, profile);
  return issued ? "" : issued.error().message;
}

constexpr auto* file = R"(# two of them
[default]
aws_access_key_id = AKIDDEFAULT
aws_secret_access_key = default-secret

; the store's
[store]
aws_access_key_id=AKIDSTORE
aws_secret_access_key =  a/b+c=d
aws_session_token = token==
region = us-east-1
s3 =
  max_concurrent_requests = 20
)";

TEST(SharedFile, GivesTheKeysOfAProfile) {
  auto issued = read(file);
  ASSERT_TRUE(issued) << issued.error().message;
  EXPECT_EQ(issued->keys, (AwsCredentials{"AKIDSTORE", "a/b+c=d", "token=="}));
  EXPECT_FALSE(issued->expires_at);
  issued = read(file, "default");
  ASSERT_TRUE(issued);
  EXPECT_EQ(issued->keys, (AwsCredentials{"AKIDDEFAULT", "default-secret", ""}));
}

TEST(SharedFile, MayComeFromAnotherSystemOrTool) {
  EXPECT_TRUE(
      read("\xef\xbb\xbf[store]\r\naws_access_key_id = A\r\naws_secret_access_key = B\r\n"));
  EXPECT_TRUE(read("[profile store]\naws_access_key_id=A\naws_secret_access_key=B"));
  // A section that comes twice is one.
  EXPECT_TRUE(read("[store]\naws_access_key_id=A\n[x]\n[store]\naws_secret_access_key=B\n"));
}

TEST(SharedFile, IsReadAsBotocoreReadsIt) {
  const auto keys = [](std::string_view text) {
    const auto issued = read(text);
    EXPECT_TRUE(issued) << issued.error().message;
    return issued ? issued->keys : AwsCredentials{};
  };
  EXPECT_EQ(keys("[store] ; ours\nAWS_Access_Key_ID: A\naws_secret_access_key : B#c;d\n"),
            (AwsCredentials{"A", "B#c;d", ""}));
  EXPECT_EQ(keys("[store]\n  aws_access_key_id = A\n  aws_secret_access_key = B\n"),
            (AwsCredentials{"A", "B", ""}))
      << "indented as a whole";
  EXPECT_EQ(keys("[store]\naws_access_key_id=A\naws_secret_access_key=B\naws_security_token=T\n"),
            (AwsCredentials{"A", "B", "T"}));
  EXPECT_EQ(keys("[profile store]\naws_access_key_id=X\naws_secret_access_key=Y\n"
                 "[store]\naws_access_key_id=A\naws_secret_access_key=B\n"),
            (AwsCredentials{"A", "B", ""}));
  // A line that is indented further belongs to the value: no secret has one.
  EXPECT_THAT(error("[store]\naws_access_key_id=A\naws_secret_access_key=B\n  more\n"),
              HasSubstr("invalid character"));
}

TEST(SharedFile, IsNotTakenWhereAKeyOfItsProfileComesTwice) {
  const std::string twice =
      "[store]\naws_access_key_id=A\naws_secret_access_key=B\nAWS_ACCESS_KEY_ID=C\n";
  EXPECT_THAT(error(twice), HasSubstr("/etc/aws:4: a key of the profile comes twice"));
  EXPECT_TRUE(read(twice + "[other]\naws_access_key_id=D\naws_secret_access_key=E\n", "other"));
}

TEST(SharedFile, SaysWhereItIsWrongAndRepeatsNothing) {
  EXPECT_THAT(error(file, "other"), HasSubstr("/etc/aws: there is no [other] in it"));
  EXPECT_THAT(error(""), HasSubstr("there is no [store]"));
  EXPECT_THAT(error("[store]\naws_access_key_id = A\n"),
              HasSubstr("/etc/aws:1: the profile needs"));
  EXPECT_THAT(error("\n[store]\nhunter2\n"), HasSubstr("/etc/aws:3: expected key = value"));
  EXPECT_THAT(error("\n[store]\nhunter2\n"), Not(HasSubstr("hunter2")));
  EXPECT_THAT(error("[store\n"), HasSubstr("/etc/aws:1: expected [profile]"));
  const auto blank = error("[store]\naws_access_key_id = A\naws_secret_access_key = hunter 2\n");
  EXPECT_THAT(blank, HasSubstr("/etc/aws:1: a credential in it"));
  EXPECT_THAT(blank, Not(HasSubstr("hunter")));
  EXPECT_NE(error("<!doctype html><html></html>"), "");
  EXPECT_NE(error(std::string(100'000, '\0')), "");
}

TEST(SharedFile, IsReadFromTheDiskWhereItIsARegularFile) {
  const child::TemporaryFolder folder;
  const auto path = folder.path() / "credentials";
  EXPECT_EQ(stamp_of(path), FileStamp{});
  EXPECT_THAT(load_shared_credentials(path, "store", now).error().message,
              HasSubstr("cannot be read"));
  std::ofstream(path) << file;
  EXPECT_TRUE(load_shared_credentials(path, "store", now));
  const auto stamp = stamp_of(path);
  std::ofstream(path, std::ios::app) << "\n";
  EXPECT_NE(stamp_of(path), stamp);
  EXPECT_THAT(load_shared_credentials(folder.path(), "store", now).error().message,
              HasSubstr("not a regular file"));
  std::ofstream(path, std::ios::app) << std::string(1024 * 1024, '#');
  EXPECT_THAT(load_shared_credentials(path, "store", now).error().message,
              HasSubstr("longer than 1048576 bytes"));
}

}  // namespace
}  // namespace gatehouse::sync
