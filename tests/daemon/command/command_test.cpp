// `gatehouse` against a real local API on a real control socket.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "daemon/command/render.hpp"
#include "store/values/descriptor.hpp"
#include "tests/daemon/command/gatehouse.hpp"
#include "tests/daemon/local/running_local_api.hpp"
#include "tests/daemon/local/warnings/facts_of_a_good_day.hpp"

namespace gatehouse::command {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

class CommandTest : public testing::Test {
 protected:
  static local::ProcessFacts facts() {
    local::ProcessFacts facts = local::good_day().process;
    facts.sync.feed.position.synced_at = SystemClock().wall();
    return facts;
  }
  local::RunningLocalApi api{facts()};

  Ran ask(std::vector<std::string> arguments) {
    return gatehouse(arguments, {{"GATEHOUSE_LOCAL_CONTROL_SOCKET", api.socket()}});
  }
};

TEST_F(CommandTest, ShowsTheStatus) {
  api.add_trip("T-1");
  const Ran ran = ask({"status"});
  EXPECT_EQ(ran.exit_status, 0) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("Gatehouse STORE-7: ok (version 1.2.3, up "));
  EXPECT_THAT(ran.out,
              HasSubstr("  cloud        reachable, 1 waiting (the oldest for 0 s), 0 delivered"));
  EXPECT_THAT(ran.out,
              HasSubstr("  credentials  from iot, as arn:aws:iam::123456789012:role/gatehouse"
                        ", until 2025-05-02T00:57:18.750Z"));
  EXPECT_EQ(ran.err, "");
}

TEST_F(CommandTest, PrintsTheDaemonsOwnJson) {
  const Ran ran = ask({"status", "--json"});
  EXPECT_EQ(ran.exit_status, 0);
  EXPECT_EQ(json::parse(ran.out)["storeId"], "STORE-7");
}

TEST_F(CommandTest, ShowsATripWhateverItsIdLooksLike) {
  api.add_trip("a/b ?%");
  const Ran ran = ask({"trip", "show", "a/b ?%"});
  EXPECT_EQ(ran.exit_status, 0) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("Trip a/b ?% (card entry)\n"));
  EXPECT_THAT(ran.out, HasSubstr("awaiting_price, no price yet"));
  EXPECT_EQ(json::parse(ask({"trip", "show", "a/b ?%", "--json"}).out)["tripId"], "a/b ?%");
}

TEST_F(CommandTest, SaysThatThereIsNoSuchTrip) {
  const Ran ran = ask({"trip", "show", "T-9"});
  EXPECT_EQ(ran.exit_status, 1);
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err, "gatehouse: no such trip in the ledger of this box\n");
  EXPECT_THAT(ask({"trip", "show", "T-9", "--json"}).out, StartsWith("{\"errorMsg\":"));
}

TEST_F(CommandTest, PricesATrip) {
  api.add_trip("T-1");
  const Ran priced = ask({"trip", "charge", "T-1", "15.99", "USD"});
  EXPECT_EQ(priced.exit_status, 0) << priced.err;
  EXPECT_EQ(priced.out, "price recorded (priced)\n");
  EXPECT_THAT(ask({"trip", "show", "T-1"}).out, HasSubstr("adjust_due, 15.99 USD"));
  EXPECT_EQ(ask({"trip", "charge", "T-1", "16.00", "USD"}).exit_status, 1);
  EXPECT_EQ(ask({"trip", "charge", "T-9", "16.00", "USD"}).exit_status, 1);
  EXPECT_EQ(ask({"trip", "charge", "T-1", "sixteen", "USD"}).exit_status, 2);
}

TEST_F(CommandTest, ListsShowsExportsAndForwardsARefusedCart) {
  EXPECT_EQ(ask({"records", "list", "--state", "refused"}).out, "no records\n");
  api.add_refused("T-1", R"({"a":1)");
  const Ran listed = ask({"records", "list", "--state", "refused"});
  EXPECT_THAT(listed.out, HasSubstr("r1  refused_cart  refused  1      "));
  const Ran shown = ask({"records", "show", "r1"});
  EXPECT_EQ(shown.exit_status, 0) << shown.err;
  EXPECT_THAT(shown.out, StartsWith("Refused cart r1\n"));
  EXPECT_THAT(shown.out, HasSubstr("payloadType has another value (PALM)"));
  EXPECT_THAT(shown.out, HasSubstr("not forwarded"));
  EXPECT_EQ(ask({"records", "export", "r1"}).out, R"({"a":1)");
  EXPECT_EQ(ask({"records", "forward", "r1"}).out, "record 1 brings it to the cloud (recorded)\n");
  EXPECT_EQ(ask({"records", "forward", "r1"}).out, "record 1 brings it to the cloud (identical)\n");
  EXPECT_THAT(ask({"records", "show", "r1"}).out, HasSubstr("record 1, pending"));
  EXPECT_EQ(ask({"records", "show", "r2"}).exit_status, 1);
  EXPECT_EQ(ask({"records", "export", "r2"}).exit_status, 1);
  EXPECT_EQ(ask({"records", "forward", "1"}).exit_status, 2) << "a delivery's id";
}

TEST_F(CommandTest, DropsARefusedCartOnlyWhereThatIsConfirmedAndSomebodyIsNamed) {
  api.add_refused("T-1", R"({"a":1)");
  EXPECT_EQ(ask({"records", "drop", "r1", "--by", "Ann"}).exit_status, 2);
  EXPECT_EQ(ask({"records", "drop", "r1", "--confirm"}).exit_status, 2);
  EXPECT_EQ(ask({"records", "drop", "1", "--confirm", "--by", "Ann"}).exit_status, 2);
  EXPECT_EQ(ask({"records", "export", "r1"}).exit_status, 0);
  EXPECT_EQ(ask({"records", "drop", "r1", "--confirm", "--by", "Ann"}).out,
            "the cart is removed\n");
  EXPECT_EQ(ask({"records", "list", "--state", "refused"}).out, "no records\n");
  EXPECT_EQ(ask({"ledger", "evidence-sound", "--by", "Ann"}).exit_status, 1) << "it is sound";
}

TEST(Export, IsByteForByteInAFileAndEscapedOnATerminal) {
  const std::string bytes = std::string("{a: \x1b]0;owned\a\x9b") + "2J" + '\0' + "}\r\n";
  EXPECT_EQ(render_export(bytes, false), bytes);
  EXPECT_EQ(render_export(bytes, true), R"({a: \x1b]0;owned\x07\x9b2J\x00}\x0d\x0a)"
                                        "\n");
}

TEST_F(CommandTest, ListsRecordsAndRetriesOne) {
  EXPECT_EQ(ask({"records", "list"}).out, "no records\n");
  api.add_app_trip("T-1");
  api.add_app_trip("T-2");
  api.set_aside(1, "status 422");
  const Ran listed = ask({"records", "list", "--state", "set_aside"});
  EXPECT_EQ(listed.exit_status, 0) << listed.err;
  EXPECT_THAT(listed.out, StartsWith("ID  KIND  STATE      TRIES"));
  EXPECT_THAT(listed.out, HasSubstr("T-1   status 422\n"));
  EXPECT_THAT(ask({"records", "list", "--limit", "1"}).out, HasSubstr("there are more"));

  const Ran retried = ask({"records", "retry", "1"});
  EXPECT_EQ(retried.exit_status, 0) << retried.err;
  EXPECT_EQ(ask({"records", "list", "--state", "set_aside"}).out, "no records\n");
  EXPECT_EQ(ask({"records", "retry", "99"}).exit_status, 1);
}

TEST_F(CommandTest, TakesTheSocketFromTheArgumentsFirst) {
  const Ran ran = gatehouse({"status", "--socket", api.socket()},
                            {{"GATEHOUSE_LOCAL_CONTROL_SOCKET", "/nowhere"}});
  EXPECT_EQ(ran.exit_status, 0) << ran.err;
}

TEST(Command, ExitsWithOneWhereHealthIsCritical) {
  local::ProcessFacts facts = local::good_day().process;
  facts.ledger_trouble = "disk full";
  const local::RunningLocalApi api(facts);
  const Ran ran = gatehouse({"--socket", api.socket(), "status"});
  EXPECT_EQ(ran.exit_status, 1);
  EXPECT_THAT(ran.out, HasSubstr("critical: the ledger cannot be written"));
  EXPECT_EQ(gatehouse({"--socket", api.socket(), "status", "--json"}).exit_status, 1);
}

TEST(Command, SaysWhatToDoWhereTheDaemonDoesNotRun) {
  const Ran ran = gatehouse({"--socket", "/nowhere/control.sock", "status"});
  EXPECT_EQ(ran.exit_status, 3);
  EXPECT_EQ(ran.err,
            "gatehouse: cannot reach the daemon on /nowhere/control.sock: No such file or "
            "directory; see systemctl status gatehouse\n");
  EXPECT_EQ(gatehouse({"--socket", "/" + std::string(200, 'x'), "status"}).exit_status, 3);
}

TEST_F(CommandTest, SaysWhatItAcceptsOfALedgerThatLacksHistory) {
  EXPECT_EQ(ask({"ledger", "accept"}).exit_status, 1);
  api.add_trip("T-1");
  EXPECT_EQ(ask({"trip", "charge", "T-1", "15.99", "USD"}).exit_status, 0);
  api.lose_history();
  EXPECT_THAT(ask({"status"}).out, HasSubstr("1 trips, 1 charges withheld"));
  const Ran dry = ask({"ledger", "accept", "--dry-run"});
  EXPECT_EQ(dry.exit_status, 0) << dry.err;
  EXPECT_THAT(dry.out, HasSubstr("ledger a-uuid, era 1, sequence 90"));
  EXPECT_THAT(dry.out, HasSubstr("1 (0 without a price): 15.99 USD"));
  EXPECT_THAT(dry.out, HasSubstr("nothing was changed"));
  const Ran accepted = ask({"ledger", "accept"});
  EXPECT_THAT(accepted.out, HasSubstr("charges resumed"));
  EXPECT_EQ(ask({"status"}).exit_status, 0);
}

TEST_F(CommandTest, VerifiesTheLedgerPageByPageAndExitsWithOneWhereItIsDamaged) {
  for (int i = 0; i < 50; ++i) api.add_trip("T-" + std::to_string(i));
  const Ran whole = ask({"ledger", "verify"});
  EXPECT_EQ(whole.exit_status, 0) << whole.err;
  EXPECT_THAT(whole.out, HasSubstr("no damage found"));
  api.damage("settlement_history");
  const Ran damaged = ask({"ledger", "verify"});
  EXPECT_EQ(damaged.exit_status, 1);
  EXPECT_THAT(damaged.out, HasSubstr("these rows cannot be read"));
  EXPECT_THAT(damaged.out, HasSubstr("follow the runbook for ledger_damaged"));
  const Ran listed = ask({"ledger", "verify", "--json"});
  EXPECT_THAT(listed.out, HasSubstr(R"("complete":true)"));
  EXPECT_THAT(listed.out, HasSubstr(R"("table":"settlement_history")"));
}

TEST_F(CommandTest, SalvagesALedgerIntoAnotherFileUnlessADaemonUsesIt) {
  api.add_trip("T-1");
  EXPECT_EQ(ask({"trip", "charge", "T-1", "15.99", "USD"}).exit_status, 0);
  const auto folder = std::filesystem::path(api.socket()).parent_path();
  const std::string file = (folder / "ledger.db").string();
  const Ran ran = gatehouse({"ledger", "salvage", file});
  EXPECT_EQ(ran.exit_status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr(file + ".salvaged-"));
  EXPECT_THAT(ran.out, HasSubstr("nothing is known to be missing"));
  EXPECT_THAT(ran.out, HasSubstr("1 charges are withheld, 0 of them without a price; 15.99 USD"));
  const Descriptor lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(::flock(lock.number(), LOCK_EX), 0);
  const Ran refused = gatehouse({"ledger", "salvage", file});
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_THAT(refused.err, HasSubstr("a daemon uses"));
  std::filesystem::create_directory(folder / "elsewhere");
  const auto link = folder / "elsewhere" / "link.db";
  std::filesystem::create_symlink(file, link);
  EXPECT_THAT(gatehouse({"ledger", "salvage", link.string()}).err, HasSubstr("a daemon uses"));
}

TEST_F(CommandTest, HoldsReleasesCancelsAndRefunds) {
  api.add_trip("T-1");
  EXPECT_EQ(ask({"trip", "hold", "T-1", "--reason", "asks"}).out, "the charge is now held\n");
  EXPECT_THAT(ask({"trip", "show", "T-1"}).out, HasSubstr("held by an operator: asks"));
  EXPECT_EQ(ask({"trip", "release", "T-1", "--captured"}).exit_status, 1) << "nothing is in doubt";
  EXPECT_EQ(ask({"trip", "release", "T-1"}).out, "the charge is now awaiting_price\n");
  const Ran refused = ask({"trip", "refund", "T-1", "1.00", "USD", "OTHER"});
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_THAT(refused.err, HasSubstr("add --request-id ")) << "so that asking again is harmless";
  EXPECT_EQ(ask({"trip", "cancel", "T-1"}).out, "the charge is now cancel_due\n");
}

TEST_F(CommandTest, EndsARefundThatAmazonDoesNotEnd) {
  api.add_trip("T-1");
  EXPECT_EQ(ask({"trip", "charge", "T-1", "15.99", "USD"}).exit_status, 0);
  api.move_charge("T-1", store::SettlementState::adjust_due, store::SettlementState::captured);
  EXPECT_EQ(ask({"trip", "refund", "T-1", "10.00", "USD", "OTHER"}).exit_status, 0);
  const json trip = json::parse(ask({"trip", "show", "T-1", "--json"}).out);
  const std::string record = trip["refunds"][0]["record"].dump();
  const Ran withdrawn = ask({"records", "decide", record, "not_refunded", "--by", "Ann"});
  EXPECT_EQ(withdrawn.exit_status, 0) << withdrawn.err;
  EXPECT_THAT(withdrawn.out, HasSubstr("sent no more"));
  EXPECT_THAT(ask({"records", "list", "--state", "withdrawn"}).out, HasSubstr("decided by Ann"));
  const Ran early = ask({"records", "decide", record, "not_refunded", "--by", "Ann"});
  EXPECT_EQ(early.exit_status, 1);
  EXPECT_THAT(early.err, HasSubstr("say so again 20 minutes after"));
  EXPECT_EQ(ask({"records", "decide", record, "refunded", "--by", "Ann"}).out,
            "the refund counts as made: the cloud gets a record of it\n");
}

}  // namespace
}  // namespace gatehouse::command
