// A ledger that was exchanged or lost, through real processes: carts go on, and nobody is charged
// twice.
#include <gmock/gmock.h>

#include "tests/end_to_end/box.hpp"
#include "tests/end_to_end/client.hpp"
#include "tests/end_to_end/world.hpp"

namespace gatehouse::end_to_end {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)
using nlohmann::json;
using testing::HasSubstr;

class History : public testing::Test {
 protected:
  json trip(const std::string& trip_id) {
    const auto [status, output] = box_.command("trip show " + trip_id + " --json");
    return status == 0 ? json::parse(output) : json{{"settlement", nullptr}};
  }
  bool charge_is(const std::string& trip_id, const std::string& name, const json& value) {
    return eventually(
        [&] {
          const json settlement = trip(trip_id)["settlement"];
          return settlement.is_object() && settlement[name] == value;
        },
        60s);
  }
  std::string take_cart(const std::string& trip_id) {
    const Reply reply = post(box_.gate_port(), "/v1/order/purchases", cart(trip_id));
    EXPECT_EQ(reply.status, 201);
    return reply.body;
  }
  std::filesystem::path ledger() { return box_.state() / "ledger.db"; }
  void remove_ledger() {
    for (const char* suffix : {"", "-wal", "-shm"}) {
      std::filesystem::remove(ledger().string() + suffix);
    }
  }

  /// Names no ledger in its prices, so nothing but a person can vouch for a charge.
  World world_{{"--no-ledger-names"}};
  Box box_{attached_to(world_)};
};

TEST_F(History, ChargesNothingTwiceWhereAnOlderLedgerIsPutBack) {
  box_.start();
  world_.scenario("[payments]\nclosed_before = 1.0");
  take_cart("trip-1");
  ASSERT_TRUE(charge_is("trip-1", "state", "adjust_due"));
  ASSERT_EQ(box_.stop(), 0);
  const auto copy = box_.state() / "copy.db";
  std::filesystem::copy_file(ledger(), copy);
  world_.scenario("");
  box_.start();
  ASSERT_TRUE(charge_is("trip-1", "state", "captured"));
  ASSERT_EQ(box_.stop(), 0);

  remove_ledger();
  std::filesystem::copy_file(copy, ledger());
  box_.start();
  EXPECT_TRUE(charge_is("trip-1", "withheld", true));
  const auto [status, text] = box_.command("status");
  EXPECT_EQ(status, 1);
  EXPECT_THAT(text, HasSubstr("the ledger lacks history"));
  take_cart("trip-2");
  // It is priced and stays where it is: so there was time to charge the other one as well.
  EXPECT_TRUE(eventually([&] { return trip("trip-2")["settlement"]["amount"].is_object(); }, 60s));
  EXPECT_TRUE(charge_is("trip-2", "withheld", true));
  EXPECT_THAT(box_.command("ledger accept --dry-run").second, HasSubstr("2 (0 without a price)"));
  EXPECT_EQ(world_.effects().at("captures"), 1);

  EXPECT_EQ(box_.command("trip hold trip-1").first, 0) << "the processor says that it was charged";
  EXPECT_EQ(box_.command("ledger accept").first, 0);
  EXPECT_TRUE(charge_is("trip-2", "state", "captured"));
  EXPECT_EQ(world_.effects().at("captures"), 2);
  EXPECT_EQ(world_.effects().at("double_captures"), 0);
  EXPECT_EQ(box_.command("ledger accept").first, 1) << "there is nothing more to accept";
}

TEST_F(History, TakesTheSameCartAgainAfterTheLedgerWasDeletedAndChargesItOnce) {
  box_.start();
  const std::string answer = take_cart("trip-1");
  ASSERT_TRUE(charge_is("trip-1", "state", "captured"));
  box_.kill();
  remove_ledger();
  box_.start();
  EXPECT_EQ(take_cart("trip-1"), answer) << "the same purchaseId";
  EXPECT_TRUE(eventually([&] { return trip("trip-1")["settlement"]["amount"].is_object(); }, 60s));
  EXPECT_TRUE(charge_is("trip-1", "withheld", true));
  EXPECT_THAT(box_.command("status").second, HasSubstr("a new one was created"));
  EXPECT_THAT(box_.command("trip show trip-1").second,
              HasSubstr("until `gatehouse ledger accept`"));
  EXPECT_EQ(box_.stop(), 0);
  box_.start();
  EXPECT_TRUE(charge_is("trip-1", "withheld", true)) << "a restart is no acceptance";
  EXPECT_EQ(world_.effects().at("captures"), 1);
}

}  // namespace
}  // namespace gatehouse::end_to_end
