// The sync thread while the ledger cannot be opened, and once it can.
#include <gtest/gtest.h>

#include <atomic>

#include "store/ledger/ledger_reader.hpp"
#include "sync/sync_thread.hpp"
#include "tests/sync/feed/cache_fixture.hpp"
#include "tests/sync/transport/raw_server.hpp"

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

/// Waits until `condition` holds. False: it did not within 20 s.
template <class Condition>
[[nodiscard]] bool eventually(const Condition& condition) {
  const auto deadline = steady_clock::now() + 20s;
  while (!condition()) {
    if (steady_clock::now() > deadline) return false;
    child::pause();
  }
  return true;
}

TEST(SyncThreadWithoutALedger, FollowsTheFeedAndDeliversOnceThereIsOne) {
  RawServer feed([](RawConnection& connection) {
    (void)connection.read_request();
    connection.send(answer(200,
                           R"({"results":[{"seq":1,"id":"a","doc":{"type":"shopper",)"
                           R"("shopperId":"S-1","keys":["key-1"]}}],"last_seq":1,"pending":0})"));
    (void)connection.read_request();
    connection.wait_closed();
  });
  RawServer cloud([](RawConnection& connection) {
    (void)connection.read_request();
    connection.send(answer(200, "{}"));
  });
  CacheFixture cache;
  const auto file = cache.folder() / "missing" / "ledger.db";
  SyncOptions options;
  options.store_id = "STORE-001";
  options.ledger_file = file;
  options.feed.url = feed.url("/shoppers");
  options.cloud.url = cloud.url("");
  const SystemClock clock;
  store::LedgerThread writer(file);
  ASSERT_FALSE(writer.wait_opened(20s));
  SyncThread sync(options, cache.serve(), writer, clock, [] { return 0.1; });
  ASSERT_TRUE(sync.start());
  ASSERT_TRUE(eventually([&] { return cache.shopper_of("key-1") == "S-1"; }));

  std::filesystem::create_directory(file.parent_path());
  ASSERT_TRUE(eventually([&] { return writer.opened(); }));
  std::atomic<bool> taken = false;
  ASSERT_TRUE(writer.submit<store::CartReceipt>(
      [&clock](store::Ledger& ledger) {
        store::NewCart cart;
        cart.trip_id = "trip-1";
        cart.purchase_id = "purchase-1";
        cart.started_at = cart.received_at = clock.wall();
        cart.body = "{}";
        return ledger.append(cart);
      },
      [&taken](const Result<store::CartReceipt>& receipt) { taken = receipt.has_value(); }));
  ASSERT_TRUE(eventually([&] { return taken.load(); }));
  EXPECT_TRUE(eventually([&] {
    auto reader = store::LedgerReader::open(file);
    const auto counts = reader ? reader->counts() : Result<store::LedgerCounts>{};
    return counts && counts->delivered == 1;
  }));
  sync.stop(0ms);
  writer.stop();
}

}  // namespace
}  // namespace gatehouse::sync
