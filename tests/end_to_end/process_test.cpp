// gatehoused as systemd and a technician meet it.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "store/sqlite/database.hpp"
#include "tests/end_to_end/box.hpp"
#include "tests/end_to_end/client.hpp"

namespace gatehouse::end_to_end {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)
using testing::HasSubstr;

// SQLite keeps user_version in bytes 60 to 63 of the file, big-endian.
std::string schema_in_header(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  in.seekg(63);
  return std::to_string(in.get());
}

TEST(Process, StartsAndAnswersWithoutANetwork) {
  // Ports of this machine where nobody listens: a line that is down.
  Box box({.feed_url = "http://127.0.0.1:1/shoppers", .cloud_url = "http://127.0.0.1:1"});
  box.start();
  EXPECT_EQ(post(box.gate_port(), "/v1/identity/scan", scan("1111-2222")).status, 200);
  EXPECT_EQ(post(box.gate_port(), "/v1/order/purchases", cart("trip-1")).status, 201);
  EXPECT_EQ(get(box.local_port(), "/healthz").status, 200);
  EXPECT_EQ(get(box.local_port(), "/readyz").status, 200);
  EXPECT_THAT(get(box.local_port(), "/metrics").body, HasSubstr("gatehouse_"));
}

TEST(Process, EndsCleanlyWithinFiveSecondsUnderLoadAndLosesNothing) {
  Box box;
  box.start();
  std::vector<std::string> acknowledged;
  std::jthread load([&acknowledged, port = box.gate_port()](const std::stop_token& stop) {
    for (int i = 0; !stop.stop_requested(); ++i) {
      const std::string trip = "trip-" + std::to_string(i);
      try {
        if (post(port, "/v1/order/purchases", cart(trip)).status == 201)
          acknowledged.push_back(trip);
      } catch (const std::exception&) {
        return;  // the gate is closed
      }
    }
  });
  ASSERT_TRUE(eventually(
      [&box] {
        return get(box.local_port(), "/metrics").body.find("recorded\"} 0") == std::string::npos;
      },
      10s));
  EXPECT_EQ(box.stop(), 0);
  load.request_stop();
  load.join();
  ASSERT_FALSE(acknowledged.empty());
  box.start();
  for (const std::string& trip : acknowledged) {
    EXPECT_EQ(box.command("trip show " + trip + " --json").first, 0) << trip;
  }
}

TEST(Process, EndsWhereAnotherDaemonListensOnItsControlSocket) {
  Box box;
  box.start();
  child::Child second({{program("gatehoused"), "--config", box.configuration().string()},
                       {},
                       std::nullopt,
                       box.state() / "second.log"});
  EXPECT_EQ(second.wait_end(5s), 1);
  EXPECT_EQ(post(box.gate_port(), "/v1/order/purchases", cart("trip-1")).status, 201);
  EXPECT_EQ(box.command("trip show trip-1").first, 0) << "the socket is still the first one's";
}

TEST(Process, ChecksAConfigurationAndNamesFileLineKeyAndValue) {
  Box box;
  box.reconfigure("[cluod]\nurl = \"http://127.0.0.1:1\"\n[gate]\nlissten = \"127.0.0.1:0\"\n");
  const auto [status, output] =
      child::run(program("gatehoused") + " --check --config " + box.configuration().string());
  EXPECT_EQ(status, 2);
  EXPECT_THAT(output, HasSubstr("gatehouse.toml:"));
  EXPECT_THAT(output, HasSubstr("cluod"));
  EXPECT_THAT(output, HasSubstr("gate.lissten")) << "all errors at once";
}

TEST(Process, ReloadsWhatCanBeAndKeepsTheOldConfigurationWhenTheNewOneIsWrong) {
  Box box;
  box.start();
  const auto other_store = R"({"requestId":"a1b2c3d4-e5f6-7890-abcd-ef1234567890",
    "storeId":"STORE-002","scanEvent":{"id":"MTExMQ=="}})";
  EXPECT_EQ(post(box.gate_port(), "/v1/identity/scan", other_store).status, 400);
  // The keys of a table must stand together, so the main file's [store] is met by a drop-in.
  std::filesystem::create_directories(box.configuration().parent_path() / "conf.d");
  const auto drop_in = box.configuration().parent_path() / "conf.d" / "10-name.toml";
  std::ofstream(drop_in) << "[store]\nalso_known_as = [\"STORE-002\"]\n";
  box.daemon().signal(SIGHUP);
  EXPECT_TRUE(eventually(
      [&] { return post(box.gate_port(), "/v1/identity/scan", other_store).status == 200; }, 5s));

  std::ofstream(drop_in) << "[store]\nalso_known_as = 7\n";
  box.daemon().signal(SIGHUP);
  EXPECT_TRUE(eventually(
      [&] { return box.log().find("running configuration stays") != std::string::npos; }, 5s));
  EXPECT_EQ(post(box.gate_port(), "/v1/identity/scan", other_store).status, 200);
}

TEST(Process, TellsSystemdThatItIsAlive) {
  Box box({.environment = {{"WATCHDOG_USEC", "4000000"}}});
  box.start();
  EXPECT_TRUE(box.daemon().wait_notification("WATCHDOG=1", 5s));
  EXPECT_EQ(box.stop(), 0);
  EXPECT_TRUE(box.daemon().wait_notification("STOPPING=1", 1s));
}

// A service manager that is stuck (a long daemon-reload) must not close the gate: its socket takes
// a few datagrams that nobody reads, and then whoever sends one more waits.
TEST(Process, GoesOnAnsweringWhenNobodyReadsItsNotifications) {
  Box box({.environment = {{"WATCHDOG_USEC", "1000000"}}});
  box.start();
  const auto until = std::chrono::steady_clock::now() + 4s;
  while (std::chrono::steady_clock::now() < until) {
    ASSERT_EQ(post(box.gate_port(), "/v1/identity/scan", scan("1111")).status, 200);
  }
}

TEST(Process, GoesOnAnsweringWhenNobodyReadsItsLog) {
  const child::TemporaryFolder folder;
  const auto fifo = folder.path() / "log";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const int kept_open = ::open(fifo.c_str(), O_RDWR);  // and never read
  ASSERT_GE(kept_open, 0);
  Box box({.environment = {{"GATEHOUSE_GATE_LOG_CALLS_PER_SECOND", "1000"}}, .log_file = fifo});
  box.start();
  // A call is a line of more than 100 bytes, and a pipe holds 64 KiB.
  for (int call = 0; call < 1500; ++call) {
    ASSERT_EQ(post(box.gate_port(), "/v1/identity/scan", scan("1111")).status, 200) << call;
  }
  box.kill();
  ::close(kept_open);
}

TEST(Process, IsNotSilencedByALogLevelThatIsNone) {
  for (const char* level : {"INFO", "verbose", ""}) {
    Box box({.environment = {{"GATEHOUSE_LOG_LEVEL", level}}});
    box.start();
    EXPECT_TRUE(
        eventually([&box] { return box.log().find(" is ready: ") != std::string::npos; }, 5s))
        << level;
  }
}

TEST(Process, TellsOfALogLevelThatIsNoneInLogStatusAndCheck) {
  Box box({.environment = {{"GATEHOUSE_LOG_LEVEL", "verbose"}}});
  box.start();
  EXPECT_TRUE(eventually(
      [&box] { return box.log().find("GATEHOUSE_LOG_LEVEL: ") != std::string::npos; }, 5s));
  EXPECT_THAT(box.command("status").second, HasSubstr("GATEHOUSE_LOG_LEVEL: "));
  const auto [status, output] = child::run("GATEHOUSE_LOG_LEVEL=verbose " + program("gatehoused") +
                                           " --check --config " + box.configuration().string());
  EXPECT_EQ(status, 0);
  EXPECT_THAT(output, HasSubstr("warning: GATEHOUSE_LOG_LEVEL: "));
}

TEST(Process, SaysInTheLogWhichStoreCameAndWhichWasExpected) {
  Box box;
  box.start();
  EXPECT_EQ(post(box.gate_port(), "/v1/identity/scan",
                 R"({"requestId":"a1b2c3d4-e5f6-7890-abcd-ef1234567890","storeId":"STORE-999",
                     "scanEvent":{"id":"MTExMQ=="}})")
                .status,
            400);
  EXPECT_TRUE(eventually([&box] { return box.log().find("STORE-999") != std::string::npos; }, 5s));
  EXPECT_THAT(box.log(), HasSubstr("STORE-001"));
}

TEST(Process, PrintsTheSchemasThatItLeavesInTheHeadersOfItsFiles) {
  Box box;
  box.start();
  const auto [status, printed] = child::run(program("gatehoused") + " --schema");
  EXPECT_EQ(status, 0);
  // While the daemon has them open: a package that is taken back must not wait for its end.
  EXPECT_EQ(printed, "ledger " + schema_in_header(box.state() / "ledger.db") + "\ncache " +
                         schema_in_header(box.state() / "cache.db") + "\n");
}

TEST(Process, CountsWhatIsUndeliveredWithAndWithoutADaemonOrAConfiguration) {
  Box box({.cloud_url = "http://127.0.0.1:1"});
  const std::string count =
      program("gatehoused") + " --undelivered " + (box.state() / "ledger.db").string();
  EXPECT_EQ(child::run(count), std::make_pair(0, std::string("0\n")));
  box.start();
  EXPECT_EQ(post(box.gate_port(), "/v1/order/purchases", cart("trip-1")).status, 201);
  EXPECT_EQ(post(box.gate_port(), "/v1/order/purchases", cart("trip-2")).status, 201);
  EXPECT_EQ(child::run(count), std::make_pair(0, std::string("2\n")));
  EXPECT_EQ(box.stop(), 0);
  EXPECT_EQ(child::run(count), std::make_pair(0, std::string("2\n")));
}

/// gatehoused with a listening socket as systemd would pass it.
child::Child with_passed_gate(const Box& box, const std::string& address) {
  constexpr auto* pass_socket =
      "import os,socket,sys\n"
      "s=socket.create_server((sys.argv[1],0)); os.dup2(s.fileno(),3); os.set_inheritable(3,True)\n"
      "os.environ.update(LISTEN_PID=str(os.getpid()),LISTEN_FDS='1',LISTEN_FDNAMES='gate')\n"
      "os.execv(sys.argv[2],sys.argv[2:])\n";
  return child::Child({{"/usr/bin/python3", "-c", pass_socket, address, program("gatehoused"),
                        "--config", box.configuration().string()},
                       {},
                       std::nullopt,
                       box.configuration().parent_path() / "log"});
}

TEST(Process, RefusesAPassedSocketThatOthersReachWithoutProof) {
  const Box box;
  child::Child open = with_passed_gate(box, "0.0.0.0");
  EXPECT_EQ(open.wait_end(20s), 1);
  EXPECT_THAT(box.log(), HasSubstr("gate.listen: the socket 0.0.0.0:"));
}

TEST(Process, KeepsItsProofOfCallersAtAReloadWhereAPassedSocketNeedsIt) {
  Box box;
  const auto token = box.configuration().parent_path() / "token";
  std::ofstream(token) << "secret";
  box.reconfigure("[gate]\nbearer_token_file = \"" + token.string() + "\"\n");
  child::Child open = with_passed_gate(box, "0.0.0.0");
  const auto port = child::port_after(open.wait_ready(20s), "gate");
  box.reconfigure("");
  open.signal(SIGHUP);
  EXPECT_TRUE(eventually(
      [&] {
        return box.log().find("configuration stays in use: gate.listen: the socket 0.0.0.0") !=
               std::string::npos;
      },
      5s));
  EXPECT_EQ(post(port, "/v1/identity/scan", scan("1111")).status, 401);
}

TEST(Process, ServesAPassedSocketAndSaysThatItIsNotTheConfiguredOne) {
  const Box box;  // configured: 127.0.0.1:0
  child::Child passed = with_passed_gate(box, "127.0.0.1");
  const auto port = child::port_after(passed.wait_ready(20s), "gate");
  EXPECT_EQ(post(port, "/v1/identity/scan", scan("1111")).status, 200);
  EXPECT_TRUE(eventually(
      [&] { return box.log().find("gate.listen: is set to 127.0.0.1:0, but") != box.log().npos; },
      5s));
}

/// Replaces bytes of a file; gives what was there.
std::string overwrite(const std::filesystem::path& file, std::streamoff offset,
                      const std::string& bytes) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  std::string before(bytes.size(), '\0');
  stream.seekg(offset);
  stream.read(before.data(), static_cast<std::streamsize>(before.size()));
  stream.seekp(offset);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return before;
}

TEST(Process, AnswersScansBesideALedgerOfANewerVersionAndLeavesItAsItIs) {
  Box box;
  box.start();
  ASSERT_EQ(box.stop(), 0);
  {
    auto ledger =
        store::sqlite::Database::open(box.state() / "ledger.db", store::sqlite::Access::create);
    ASSERT_TRUE(ledger && ledger->execute("CREATE TABLE future (a); PRAGMA user_version = 9999"));
  }
  box.start();
  EXPECT_EQ(post(box.gate_port(), "/v1/identity/scan", scan("1111")).status, 200);
  EXPECT_EQ(post(box.gate_port(), "/v1/order/purchases", cart("trip-1")).status, 503);
  // The ledger opens beside the gate: the reason may come after the first refused cart.
  EXPECT_TRUE(eventually([&box] { return box.log().find("9999") != std::string::npos; }, 5s));
  EXPECT_EQ(box.stop(), 0);
  const std::string newer("\0\0\x27\x0f", 4);
  EXPECT_EQ(overwrite(box.state() / "ledger.db", 60, newer), newer);
}

TEST(Process, TakesCartsWithAHashKeyThatCannotBeReadAndSaysSo) {
  Box box;
  box.start();
  ASSERT_EQ(box.stop(), 0);
  const auto key = box.state() / "hash.key";
  std::filesystem::remove(key);
  std::ofstream{key} << "short";
  box.start();
  EXPECT_EQ(post(box.gate_port(), "/v1/identity/scan", scan("1111")).status, 200);
  EXPECT_EQ(post(box.gate_port(), "/v1/order/purchases", cart("trip-1")).status, 201);
  const auto [status, text] = box.command("status");
  EXPECT_EQ(status, 1);
  EXPECT_THAT(text, HasSubstr("hash.key has 5 bytes"));
  EXPECT_EQ(box.stop(), 0);
  EXPECT_EQ(std::filesystem::file_size(key), 5U);
}

TEST(Process, AnswersScansBesideADamagedLedgerAndTakesCartsOnceItIsRepaired) {
  Box box;
  box.start();
  EXPECT_EQ(post(box.gate_port(), "/v1/order/purchases", cart("trip-1")).status, 201);
  ASSERT_EQ(box.stop(), 0);
  const auto ledger = box.state() / "ledger.db";
  const std::string header = overwrite(ledger, 0, "this is no SQLite");
  box.start();
  EXPECT_EQ(post(box.gate_port(), "/v1/identity/scan", scan("1111")).status, 200);
  EXPECT_EQ(post(box.gate_port(), "/v1/order/purchases", cart("trip-2")).status, 503);
  EXPECT_EQ(get(box.local_port(), "/readyz").status, 503);
  EXPECT_EQ(get(box.local_port(), "/readyz/carts").status, 503);
  EXPECT_EQ(get(box.local_port(), "/readyz/scans").status, 200);
  const std::string ledger_state = "gatehouse_part_state{part=\"ledger\"} ";
  EXPECT_THAT(get(box.local_port(), "/metrics").body, HasSubstr(ledger_state + "2"));
  EXPECT_EQ(get(box.local_port(), "/healthz").status, 200);
  const auto [status, text] = box.command("status");
  EXPECT_EQ(status, 1);
  EXPECT_THAT(text, HasSubstr("the ledger cannot be opened"));
  EXPECT_THAT(text, HasSubstr("ledger failed since "));
  EXPECT_THAT(box.command("trip show trip-1").second, HasSubstr("the ledger is not open"));

  overwrite(ledger, 0, header);
  EXPECT_TRUE(eventually(
      [&] { return post(box.gate_port(), "/v1/order/purchases", cart("trip-2")).status == 201; },
      30s));
  EXPECT_TRUE(eventually([&] { return box.command("trip show trip-1").first == 0; }, 10s));
  EXPECT_TRUE(eventually([&] { return get(box.local_port(), "/readyz").status == 200; }, 10s));
  EXPECT_THAT(get(box.local_port(), "/metrics").body, HasSubstr(ledger_state + "0"));
}

}  // namespace
}  // namespace gatehouse::end_to_end
