// The ledger's thread on a disk that becomes full, with a reserve and without.
#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <string>

#include "store/ledger/ledger_thread.hpp"
#include "tests/child/small_disk.hpp"
#include "tests/store/disk/fault_disk.hpp"
#include "tests/store/fixture.hpp"

namespace gatehouse::store {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

constexpr std::int64_t mebibyte = 1024 * 1024;

std::optional<FreeSpace> plenty(const std::filesystem::path& /*folder*/) {
  return FreeSpace{1'000 * mebibyte, 2'000 * mebibyte};
}

DiskSpace space_of(const std::filesystem::path& folder, std::int64_t reserve_bytes,
                   std::function<std::optional<FreeSpace>(const std::filesystem::path&)> measure) {
  return DiskSpace({.folder = folder,
                    .reserve_bytes = reserve_bytes,
                    .since_boot = [] { return 0ms; },
                    .measure = std::move(measure)});
}

/// The ledger's thread, and what it answers.
class Carts {
 public:
  Carts(const std::filesystem::path& folder, DiskSpace& space)
      : thread_(folder / "ledger.db", {.space = &space}) {}

  void wait_opened() {
    if (!thread_.wait_opened(20s)) throw std::runtime_error(thread_.trouble());
  }
  Result<CartReceipt> append(const std::string& trip, const std::string& body = "{\"a\":1}") {
    auto answer = std::make_shared<std::promise<Result<CartReceipt>>>();
    auto receipt = answer->get_future();
    const bool accepted = thread_.submit<CartReceipt>(
        [cart = make_cart(trip, body)](Ledger& ledger) { return ledger.append(cart); },
        [answer](Result<CartReceipt> result) { answer->set_value(std::move(result)); });
    if (!accepted) throw std::runtime_error("not accepted");
    if (receipt.wait_for(20s) != std::future_status::ready) throw std::runtime_error("no answer");
    return receipt.get();
  }
  LedgerThread& thread() { return thread_; }

 private:
  LedgerThread thread_;
};

TEST(Reserve, IsGivenUpForACartAtWhicheverCallTheDiskIsFull) {
  int given_up = 0;
  for (int calls = 0; calls < 30; ++calls) {
    const child::TemporaryFolder own;
    FaultDisk disk(own.path(), 1);
    DiskSpace space = space_of(own.path(), mebibyte, plenty);
    space.look(std::chrono::steady_clock::now());
    ASSERT_TRUE(space.holds_reserve());
    Carts carts(own.path(), space);
    carts.wait_opened();
    require(carts.append("before"));
    disk.fail({.kind = DiskFault::Kind::full, .after = calls, .times = 1});
    for (int cart = 0; cart < 5; ++cart) {
      const auto taken = carts.append(std::to_string(cart));
      ASSERT_TRUE(taken) << "call " << calls << ": " << taken.error().message;
      EXPECT_EQ(taken->outcome, CartOutcome::recorded);
    }
    given_up += space.facts().reserve_given_up ? 1 : 0;
    EXPECT_EQ(space.facts().reserve_given_up, disk.failures() > 0) << "call " << calls;
  }
  EXPECT_GE(given_up, 5) << "the disk was full elsewhere";
}

TEST(Reserve, IsGivenUpForALedgerThatIsBeingOpened) {
  int given_up = 0;
  for (int calls = 0; calls < 12; ++calls) {
    const child::TemporaryFolder own;
    FaultDisk disk(own.path(), 1);
    DiskSpace space = space_of(own.path(), mebibyte, plenty);
    space.look(std::chrono::steady_clock::now());
    disk.fail({.kind = DiskFault::Kind::full, .after = calls, .times = 1});
    Carts carts(own.path(), space);
    carts.wait_opened();
    EXPECT_TRUE(carts.append("trip")) << "call " << calls;
    given_up += space.facts().reserve_given_up ? 1 : 0;
  }
  EXPECT_GE(given_up, 5);
}

TEST(Reserve, IsKeptWhereTheDiskFailsForAnotherReason) {
  const child::TemporaryFolder own;
  FaultDisk disk(own.path(), 1);
  DiskSpace space = space_of(own.path(), mebibyte, plenty);
  space.look(std::chrono::steady_clock::now());
  Carts carts(own.path(), space);
  carts.wait_opened();
  require(carts.append("before"));
  for (const auto kind : {DiskFault::Kind::read_only, DiskFault::Kind::unsynced}) {
    disk.fail({.kind = kind, .times = 1'000});
    const auto refused = carts.append("trip");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().remedy, Remedy::retry);
    EXPECT_NE(carts.thread().trouble(), "");
    disk.mend();
    EXPECT_TRUE(carts.append("after " + std::to_string(static_cast<int>(kind))));
    EXPECT_EQ(carts.thread().trouble(), "");
  }
  EXPECT_TRUE(space.holds_reserve());
}

TEST(Reserve, ThatIsUsedUpLeavesCartsToBeSentAgain) {
  const child::TemporaryFolder own;
  FaultDisk disk(own.path(), 1);
  DiskSpace space = space_of(own.path(), mebibyte, plenty);
  space.look(std::chrono::steady_clock::now());
  Carts carts(own.path(), space);
  carts.wait_opened();
  require(carts.append("before"));
  disk.fail({.kind = DiskFault::Kind::full, .times = 1'000});
  // Larger than the log, which is written from its beginning once it was copied.
  const std::string body = R"({"a":")" + std::string(mebibyte, 'x') + R"("})";
  const auto refused = carts.append("trip", body);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().remedy, Remedy::retry);
  EXPECT_FALSE(space.holds_reserve());
  disk.mend();
  EXPECT_EQ(require(carts.append("trip", body)).outcome, CartOutcome::recorded);
}

TEST(Reserve, TakesCartsOnARealDiskThatIsFull) {
  const child::TemporaryFolder own;
  const auto folder = own.path() / "state";
  const child::SmallDisk disk(folder, "size=24m");
  if (!disk.mounted()) GTEST_SKIP() << "mounting a small file system needs root";
  DiskSpace space = space_of(folder, 4 * mebibyte, measure_space);
  space.look(std::chrono::steady_clock::now());
  ASSERT_TRUE(space.holds_reserve());
  const std::string body = "{\"a\":\"" + std::string(50'000, 'x') + "\"}";
  std::optional<Carts> carts(std::in_place, folder, space);
  carts->wait_opened();
  require(carts->append("before", body));
  disk.fill_with("filler");
  int taken = 0;
  while (carts->append("full " + std::to_string(taken), body)) {
    ASSERT_LT(++taken, 1'000) << "the disk is not full";
  }
  EXPECT_GE(taken, 20) << "of 4 MiB";
  EXPECT_TRUE(space.facts().reserve_given_up);
  EXPECT_NE(carts->thread().trouble().find("full"), std::string::npos);

  std::filesystem::remove(folder / "filler");
  EXPECT_TRUE(carts->append("after", body));
  EXPECT_EQ(carts->thread().trouble(), "");
  carts.reset();
  space.look(std::chrono::steady_clock::now() + 1min);
  EXPECT_TRUE(space.holds_reserve()) << space.facts().reserve_trouble;
  auto reader = require(LedgerReader::open(folder / "ledger.db"));
  EXPECT_EQ(require(reader.counts()).trips, taken + 2)
      << "each that was acknowledged, and no other";
}

}  // namespace
}  // namespace gatehouse::store
