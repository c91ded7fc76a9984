// What cannot be meant in [aws], and what is probably not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/configuration/folder.hpp"

namespace gatehouse::configuration {
namespace {

using testing::HasSubstr;

constexpr auto* role_setting =
    "assume_role_arn = 'arn:aws:iam::123456789012:role/store/gatehouse'\n";
constexpr auto* iot_keys =
    "[aws]\ncredentials = 'iot'\niot_endpoint = 'abc.credentials.iot.us-east-1.amazonaws.com'\n"
    "iot_role_alias = 'gatehouse'\niot_certificate = '/dev/null'\niot_key = '/dev/null'\n";

struct Impossible {
  std::string name;
  std::string toml;
  std::string error;  ///< what its one line contains
};
std::string name_of(const testing::TestParamInfo<Impossible>& info) {
  return info.param.name;
}

class ImpossibleAws : public testing::TestWithParam<Impossible> {};
TEST_P(ImpossibleAws, IsAnErrorThatNamesWhatIsExpected) {
  const std::string errors = errors_of(GetParam().toml);
  EXPECT_THAT(errors, HasSubstr(GetParam().error));
  EXPECT_EQ(std::ranges::count(errors, '\n'), 1) << errors;
}

std::string without(std::string text, const std::string& line) {
  const auto at = text.find(line);
  return text.erase(at, text.find('\n', at) - at + 1);
}

const Impossible impossible[] = {
    {"file_without_file", "[aws]\ncredentials = 'file'\n",
     "gatehouse.toml:4: aws.credentials = \"file\": needs aws.credentials_file"},
    {"file_that_is_not_there", "[aws]\ncredentials = 'file'\ncredentials_file = '/nowhere/c'\n",
     "aws.credentials_file = \"/nowhere/c\": the file cannot be read"},
    {"file_without_profile",
     "[aws]\ncredentials = 'file'\ncredentials_file = '/dev/null'\nprofile = ''\n",
     "aws.profile = \"\": expected the name of a profile"},
    {"process_without_command", "[aws]\ncredentials = 'process'\n",
     "needs aws.credential_process: the absolute path of a program"},
    {"process_by_name", "[aws]\ncredentials = 'process'\ncredential_process = ['helper', 'x']\n",
     "needs aws.credential_process: the absolute path of a program"},
    {"process_that_is_no_program",
     "[aws]\ncredentials = 'process'\ncredential_process = ['/nowhere/helper', 'secret']\n",
     "aws.credential_process cannot be executed: /nowhere/helper: No such file or directory"},
    {"iot_without_endpoint", without(iot_keys, "iot_endpoint"), "needs aws.iot_endpoint: the host"},
    {"iot_without_alias", without(iot_keys, "iot_role_alias"), "needs aws.iot_role_alias"},
    {"iot_without_certificate", without(iot_keys, "iot_certificate"), "needs aws.iot_certificate"},
    {"iot_without_key", without(iot_keys, "iot_key"), "needs aws.iot_key"},
    {"iot_url", without(iot_keys, "iot_endpoint") + "iot_endpoint = 'https://abc/'\n",
     "aws.iot_endpoint = \"https://abc/\": expected a host"},
    {"iot_alias", without(iot_keys, "iot_role_alias") + "iot_role_alias = 'a/../b'\n",
     "aws.iot_role_alias = \"a/../b\": expected up to 128 letters"},
    {"iot_thing", std::string(iot_keys) + "iot_thing_name = 'a b'\n",
     "aws.iot_thing_name = \"a b\": expected"},
    {"external_id_alone", "[aws]\nexternal_id = 'x1'\n",
     "aws.external_id = \"x1\": needs aws.assume_role_arn"},
    {"session_alone", "[aws]\nsession_name = 'x1'\n", "needs aws.assume_role_arn"},
    {"sts_alone", "[aws]\nsts_url = 'https://sts'\n", "needs aws.assume_role_arn"},
    {"not_a_role", "[aws]\nassume_role_arn = 'arn:aws:iam::123456789012:user/x'\n",
     "expected the ARN of a role such as arn:aws:iam::123456789012:role/gatehouse"},
    {"short_account", "[aws]\nassume_role_arn = 'arn:aws:iam::1:role/gatehouse'\n",
     "expected the ARN of a role"},
    {"session_with_blank", std::string("[aws]\nsession_name = 'a b'\n") + role_setting,
     "aws.session_name = \"a b\": expected 2 to 64"},
    {"external_id_of_one", std::string("[aws]\nexternal_id = 'a'\n") + role_setting,
     "aws.external_id = \"a\": expected 2 to 1224"},
};
INSTANTIATE_TEST_SUITE_P(Table, ImpossibleAws, testing::ValuesIn(impossible), name_of);

TEST(Aws, TakesEachSourceAndARoleOnTopOfIt) {
  for (const auto& source :
       {std::string("[aws]\n"),
        std::string("[aws]\ncredentials = 'file'\ncredentials_file = "
                    "'/dev/null'\n"),
        std::string("[aws]\ncredentials = 'process'\ncredential_process = ['/bin/true', 'a b']\n"),
        std::string(iot_keys)}) {
    EXPECT_EQ(errors_of(source), "");
    EXPECT_EQ(errors_of(source + role_setting), "");
    EXPECT_EQ(errors_of(source + role_setting +
                        "external_id = 'store/7'\nsession_name = 'gate'\nsts_url = 'https://s'\n"),
              "");
  }
}

TEST(Aws, KeepsTheArgumentsOfTheProcessApart) {
  const auto c =
      load_right(
          "[aws]\ncredentials = 'process'\ncredential_process = ['/bin/true', 'a b', \"'\"]\n")
          .configuration;
  EXPECT_THAT(c.aws.credential_process, testing::ElementsAre("/bin/true", "a b", "'"));
}

TEST(Aws, WarnsOfWhatHasNoEffect) {
  EXPECT_TRUE(warns(load_right("[aws]\ncredentials_file = '/dev/null'\n"), "aws.credentials_file",
                    "unless aws.credentials is file"));
  EXPECT_TRUE(warns(load_right("[aws]\ncredential_process = ['/bin/true']\n"),
                    "aws.credential_process", "process"));
  EXPECT_TRUE(warns(load_right("[aws]\niot_endpoint = 'abc'\n"), "aws.iot_endpoint", "iot"));
}

TEST(Aws, DoesNotMissKeysOfTheEnvironmentThatAnotherSourceReplaces) {
  const auto loaded = load_right(std::string("[jwo]\nsettlement = 'payment'\n") + iot_keys);
  EXPECT_FALSE(warns(loaded, "aws.credentials"));
}

}  // namespace
}  // namespace gatehouse::configuration
