// What load() makes of files and environment.
#include "daemon/configuration/load.hpp"
#include "daemon/configuration/reload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/daemon/configuration/folder.hpp"

namespace gatehouse::configuration {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Load, TakesWhatTheFileSaysAndDefaultsForTheRest) {
  const auto c = load_right(R"(
also_known_as = ["S-OLD", "S-1"]
[gate]
stale_after = "90m"
when_stale = "reject"
max_body = "64KiB"
max_connections = 7
[cloud]
url = "https://cloud.example/api/"
)")
                     .configuration;
  EXPECT_EQ(c.store.id, "S");
  EXPECT_THAT(c.store.also_known_as, ElementsAre("S-OLD", "S-1"));
  EXPECT_EQ(c.gate.stale_after, std::chrono::minutes(90));
  EXPECT_EQ(c.gate.when_stale, WhenStale::reject);
  EXPECT_EQ(c.gate.max_body.value, 65'536U);
  EXPECT_EQ(c.gate.max_connections, 7U);
  EXPECT_EQ(c.cloud.url.text, "https://cloud.example/api");
  EXPECT_EQ(c.cloud.max_in_flight, 16U);
}

TEST(Load, ReadsDropInsInTheOrderOfTheirNamesAndTheLaterWinsKeyByKey) {
  const Folder folder;
  const auto file =
      folder.write("gatehouse.toml", "[store]\nid = 'main'\n[cloud]\nmax_in_flight = 1\n");
  folder.write("conf.d/20-b.toml", "[store]\nid = 'second'\n");
  folder.write("conf.d/10-a.toml", "[store]\nid = 'first'\n[cloud]\nmax_in_flight = 2\n");
  folder.write("conf.d/30-c.toml.dpkg-old", "[store]\nid = 'not read'\n");
  const auto loaded = load(file, {});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->configuration.store.id, "second");
  EXPECT_EQ(loaded->configuration.cloud.max_in_flight, 2U);
  EXPECT_THAT(loaded->files, ElementsAre(file, folder.path() / "conf.d/10-a.toml",
                                         folder.path() / "conf.d/20-b.toml"));
}

TEST(Load, LetsTheEnvironmentWinOverEveryFile) {
  const auto c = load_right("[cloud]\nurl = 'https://file.example'\n",
                            {{"GATEHOUSE_CLOUD_URL", "https://environment.example"},
                             {"GATEHOUSE_STORE_ALSO_KNOWN_AS", "A, B ,C"},
                             {"GATEHOUSE_GATE_INSECURE", "true"},
                             {"GATEHOUSE_CLOUD_MAX_IN_FLIGHT", "3"},
                             {"GATEHOUSE_GATE_STALE_AFTER", "2h"}})
                     .configuration;
  EXPECT_EQ(c.cloud.url.text, "https://environment.example");
  EXPECT_THAT(c.store.also_known_as, ElementsAre("A", "B", "C"));
  EXPECT_TRUE(c.gate.insecure);
  EXPECT_EQ(c.cloud.max_in_flight, 3U);
  EXPECT_EQ(c.gate.stale_after, std::chrono::hours(2));
}

TEST(Load, EmptiesAKeyWithAnEmptyVariable) {
  const auto c =
      load_right("[cloud]\nurl = 'https://file.example'\n", {{"GATEHOUSE_CLOUD_URL", ""}})
          .configuration;
  EXPECT_EQ(c.cloud.url.text, "");
}

TEST(Load, ReportsEverythingThatIsWrongAtOnceWithItsPlace) {
  const Folder folder;
  const auto file = folder.write("gatehouse.toml", R"([store]
id = 7
[gate]
max_body = "1MB"
insecure = "no"
max_conections = 5
[gaet]
listen = "x"
)");
  folder.write("conf.d/50-cloud.toml", "\n[cloud]\nmax_in_flight = 0\nurl = 'ftp://x'\n");
  const auto loaded = load(file, {{"GATEHOUSE_GATE_WHEN_STALE", "panic"}});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(text_of(loaded.error(), folder),
            R"(gatehouse.toml:2: store.id = 7: expected text in quotes, without control characters
gatehouse.toml:4: gate.max_body = "1MB": expected a size such as "512B", "64KiB", "1MiB" or "2GiB"
gatehouse.toml:5: gate.insecure = "no": expected true or false, without quotes
gatehouse.toml:6: gate.max_conections: unknown key; did you mean max_connections?
gatehouse.toml:8: gaet.listen: unknown section; did you mean [gate]?
conf.d/50-cloud.toml:3: cloud.max_in_flight = 0: expected a whole number from 1 to 1000
conf.d/50-cloud.toml:4: cloud.url = "ftp://x": expected an absolute http or https URL such as "https://cloud.example/api"
environment: gate.when_stale = "panic": expected one of "answer", "reject"
)");
}

TEST(Load, SaysWhereAFileIsNotToml) {
  EXPECT_THAT(errors_of("[gate\n"), HasSubstr("gatehouse.toml:3: invalid TOML: "));
  EXPECT_THAT(errors_of("id = 'twice'\n"), HasSubstr("gatehouse.toml:3: invalid TOML: "));
}

TEST(Load, SaysThatTheFileIsMissing) {
  const Folder folder;
  const auto loaded = load(folder.path() / "gatehouse.toml", {{"GATEHOUSE_STORE_ID", "S"}});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(text_of(loaded.error(), folder),
            "gatehouse.toml: cannot be read: No such file or directory\n");
}

TEST(Load, RefusesAFileThatCannotBeAConfiguration) {
  const Folder folder;
  const auto loaded = load(folder.write("gatehouse.toml", std::string(2 * 1024 * 1024, '#')), {});
  ASSERT_FALSE(loaded);
  EXPECT_THAT(text_of(loaded.error(), folder), HasSubstr("is longer than 1048576 bytes"));
}

TEST(Load, RefusesAFolderInPlaceOfADropIn) {
  const Folder folder;
  const auto file = folder.write("gatehouse.toml", "[store]\nid = 'S'\n");
  std::filesystem::create_directories(folder.path() / "conf.d/x.toml");
  const auto loaded = load(file, {});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(text_of(loaded.error(), folder), "conf.d/x.toml: is a directory\n");
}

struct Unknown {
  std::string toml;
  std::string error;
};
class UnknownKey : public testing::TestWithParam<Unknown> {};
TEST_P(UnknownKey, IsAnErrorThatHelps) {
  EXPECT_EQ(errors_of(GetParam().toml), GetParam().error);
}
INSTANTIATE_TEST_SUITE_P(
    Load, UnknownKey,
    testing::Values(
        Unknown{"[gate]\nlisen = 'x'\n",
                "gatehouse.toml:4: gate.lisen: unknown key; did you mean listen?\n"},
        Unknown{"[gate]\nmax_in_flight = 3\n",
                "gatehouse.toml:4: gate.max_in_flight: unknown key; it belongs to [cloud]\n"},
        Unknown{"[gate]\nbearer_token = 'hunter2'\n",
                "gatehouse.toml:4: gate.bearer_token: unknown key; secrets are kept in files: use "
                "bearer_token_file\n"},
        Unknown{"[aws]\nfoo = 1\n",
                "gatehouse.toml:4: aws.foo: unknown key; [aws] has credentials, "
                "credentials_file, profile, credential_process, iot_endpoint, iot_role_alias, "
                "iot_thing_name, iot_certificate, iot_key, iot_ca_file, assume_role_arn, "
                "external_id, session_name, sts_url, sts_ca_file\n"},
        Unknown{"[cluod]\n", "gatehouse.toml:3: cluod: unknown section; did you mean [cloud]?\n"},
        Unknown{"[something]\nx = 1\n",
                "gatehouse.toml:4: something.x: unknown section; expected one of [store], [gate], "
                "[local], [feed], [cloud], [jwo], [aws]\n"}));

TEST(Load, RefusesAKeyOutsideOfAnySection) {
  const Folder folder;
  const auto loaded =
      load(folder.write("gatehouse.toml", "id = 'S'\n"), {{"GATEHOUSE_STORE_ID", "S"}});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(text_of(loaded.error(), folder),
            "gatehouse.toml:1: id: a key must be in a [section]\n");
}

TEST(Load, RefusesAVariableThatIsNearlyOurs) {
  EXPECT_EQ(errors_of("", {{"GATEHOUSE_CLOUD_ULR", "x"}}),
            "environment: GATEHOUSE_CLOUD_ULR: unknown variable; did you mean "
            "GATEHOUSE_CLOUD_URL?\n");
}

TEST(Load, WarnsOfAVariableThatOnlyLooksLikeOurs) {
  EXPECT_TRUE(warns(load_right("", {{"GATEHOUSE_COLOUR", "blue"}}), "GATEHOUSE_COLOUR"));
  EXPECT_FALSE(warns(load_right("", {{"GATEHOUSE_LOG_LEVEL", "debug"}}), "GATEHOUSE_LOG_LEVEL"));
}

TEST(Load, DoesNotReportWhatFollowsFromAnErrorThatIsReported) {
  // store.id is wrong, and therefore empty: one error, not two.
  const Folder folder;
  const auto loaded = load(folder.write("gatehouse.toml", "[store]\nid = 1\n"), {});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().size(), 1U);
}

TEST(Load, NamesTheKeysThatOnlyARestartChanges) {
  const Configuration running = defaults();
  Configuration wanted = running;
  EXPECT_THAT(needs_restart(running, wanted), ElementsAre());
  wanted.gate.stale_after = std::chrono::hours(1);
  EXPECT_THAT(needs_restart(running, wanted), ElementsAre());
  wanted.gate.listen.text = "127.0.0.1:9";
  wanted.store.id = "other";
  EXPECT_THAT(needs_restart(running, wanted), ElementsAre("store.id", "gate.listen"));
}

TEST(Load, WarnsOfALogLevelThatIsNone) {
  const Folder folder;
  const auto file = folder.write("gatehouse.toml", "[store]\nid = 'S'\n");
  for (const char* text : {"", "verbose", "off"}) {
    const auto loaded = load(file, {{"GATEHOUSE_LOG_LEVEL", text}});
    ASSERT_TRUE(loaded) << text << ": what version 0.1 took is taken";
    EXPECT_TRUE(warns(*loaded, "GATEHOUSE_LOG_LEVEL", "so info is used")) << text;
  }
  for (const char* text : {"debug", "INFO", "Warning"}) {
    const auto loaded = load(file, {{"GATEHOUSE_LOG_LEVEL", text}});
    ASSERT_TRUE(loaded);
    EXPECT_FALSE(warns(*loaded, "GATEHOUSE_LOG_LEVEL")) << text;
  }
}

}  // namespace
}  // namespace gatehouse::configuration
