// What `gatehouse` makes of a daemon that is not as it should be.
#include "daemon/command/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/daemon/command/gatehouse.hpp"
#include "tests/daemon/command/impostor.hpp"
#include "tests/daemon/configuration/folder.hpp"

namespace gatehouse::command {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

TEST(Command, SaysWhoMayWhereTheDaemonForbids) {
  const Impostor daemon(403, R"({"errorMsg":"changes are for root"})");
  const Ran ran = gatehouse({"--socket", daemon.socket(), "records", "retry", "1"});
  EXPECT_EQ(ran.exit_status, 4);
  EXPECT_EQ(ran.err, "gatehouse: changes are for root\n");
}

TEST(Command, TakesNothingElseForTheDaemon) {
  for (const auto* body : {"hello", "[1]", "{\"errorMsg\":7}", "{\"warnings\":[{\"text\":", ""}) {
    const Impostor daemon(500, body);
    const Ran ran = gatehouse({"--socket", daemon.socket(), "status"});
    EXPECT_EQ(ran.exit_status, 3) << body;
    EXPECT_THAT(ran.err, HasSubstr("is not gatehoused")) << body;
  }
}

TEST(Command, SurvivesAStatusOfAnotherForm) {
  const Impostor daemon(200, R"({"gate":{"listening":"x","scans":7},"warnings":"none"})");
  const Ran ran = gatehouse({"--socket", daemon.socket(), "status"});
  EXPECT_TRUE(ran.exit_status == 0 || ran.exit_status == 3) << ran.exit_status;
}

TEST(Command, PrintsNoControlCharactersOfAPeer) {
  const Impostor daemon(
      200, R"({"storeId":"A\u001b[31m\nB","warnings":[{"severity":"x","text":"\u0007"}]})");
  const Ran ran = gatehouse({"--socket", daemon.socket(), "status"});
  EXPECT_THAT(ran.out, HasSubstr("Gatehouse A?[31m?B"));
  EXPECT_THAT(ran.out, HasSubstr("x: ?\n"));
}

TEST(Client, GivesUpOnADaemonThatDoesNotAnswer) {
  const configuration::Folder folder;
  const std::string path = (folder.path() / "s").string();
  const int listening = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  ASSERT_EQ(::bind(listening, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(::listen(listening, 8), 0);
  const auto before = std::chrono::steady_clock::now();
  const auto reply = call(path, "GET", "/local/v1/status", "", 50ms);
  EXPECT_LT(std::chrono::steady_clock::now() - before, 10s);
  ::close(listening);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().exit_code, ExitCode::unreachable);
  EXPECT_EQ(reply.error().message,
            "the daemon does not answer on " + path + "; see systemctl status gatehouse");
}

TEST(Client, NeverTakesAnEmptySocketForAnAddressOfTheNetwork) {
  const auto reply = call("", "POST", "/local/v1/trips/T-1/charge", "{}", 5s);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().exit_code, ExitCode::unreachable);
  EXPECT_THAT(reply.error().message, HasSubstr("the socket's path is empty"));
}

TEST(Client, SaysThatASocketIsNotForThisUser) {
  const Impostor daemon(200, "{}");
  const bool root = ::geteuid() == 0;
  // The folder of the socket is for its owner alone.
  if (root) {
    ASSERT_EQ(::seteuid(65534), 0);
  } else {
    ASSERT_EQ(::chmod(std::filesystem::path(daemon.socket()).parent_path().c_str(), 0), 0);
  }
  const auto reply = call(daemon.socket(), "GET", "/local/v1/status", "", 5s);
  if (root) {
    ASSERT_EQ(::seteuid(0), 0);
  } else {
    ASSERT_EQ(::chmod(std::filesystem::path(daemon.socket()).parent_path().c_str(), 0700), 0);
  }
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().exit_code, ExitCode::not_permitted);
  EXPECT_THAT(reply.error().message, HasSubstr("join group gatehouse"));
}

}  // namespace
}  // namespace gatehouse::command
