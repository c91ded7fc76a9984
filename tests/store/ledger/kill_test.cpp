// Kills a process with SIGKILL while it writes, again and again on the same files, and counts what
// it had acknowledged before.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <random>
#include <semaphore>
#include <set>

#include "store/cache/cache.hpp"
#include "store/ledger/ledger_thread.hpp"
#include "tests/store/fixture.hpp"

namespace gatehouse::store {
namespace {

/// Runs `work` in a process of its own until it has reported `reports` numbers, kills it, and gives
/// all that it reported. `work` gets a function that reports one number.
std::vector<std::int64_t> run_and_kill(
    std::size_t reports,
    const std::function<void(const std::function<void(std::int64_t)>&)>& work) {
  int ends[2] = {-1, -1};
  if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
  const pid_t worker = ::fork();
  if (worker == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::close(ends[0]);
    work([out = ends[1]](std::int64_t number) {
      if (::write(out, &number, sizeof number) != sizeof number) ::_exit(1);
    });
    ::_exit(0);
  }
  ::close(ends[1]);
  std::vector<std::int64_t> reported;
  std::int64_t number = 0;
  while (::read(ends[0], &number, sizeof number) == sizeof number) {
    reported.push_back(number);
    if (reported.size() == reports) ::kill(worker, SIGKILL);  // what was written until then follows
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(worker, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the worker ended by itself";
  return reported;
}

/// Appends carts numbered from `first` on, with up to 64 waiting, and reports each receipt.
void append_for_ever(const std::filesystem::path& file, std::int64_t first,
                     const std::function<void(std::int64_t)>& report) {
  LedgerThread writer(file, {.queue_max = 64, .batch_max = 16});
  std::counting_semaphore<64> room(64);
  for (std::int64_t number = first;; ++number) {
    room.acquire();
    const bool accepted = writer.submit<CartReceipt>(
        [number](Ledger& ledger) { return ledger.append(make_cart(std::to_string(number))); },
        [&report, &room, number](Result<CartReceipt> receipt) {
          if (!receipt) ::_exit(1);
          report(number);
          room.release();
        });
    if (!accepted) ::_exit(1);
  }
}

TEST(SigKill, LosesNoCartThatTheLedgerAcknowledged) {
  const child::TemporaryFolder folder;
  const auto file = folder.path() / "ledger.db";
  std::mt19937 random(20'240'607);
  std::uniform_int_distribution<std::size_t> reports(1, 400);
  std::set<std::int64_t> acknowledged;
  for (int round = 0; round < 12; ++round) {
    const std::int64_t first = round * 1'000'000;
    for (const std::int64_t number : run_and_kill(
             reports(random), [&](const auto& report) { append_for_ever(file, first, report); })) {
      EXPECT_TRUE(acknowledged.insert(number).second) << number << " was answered twice";
    }
    Ledger ledger = require(Ledger::open(file));
    LedgerReader reader = require(LedgerReader::open(file));
    for (const std::int64_t number : acknowledged) {
      const auto trip = require(reader.trip(std::to_string(number)));
      ASSERT_TRUE(trip) << number << " was acknowledged and is lost";
      EXPECT_EQ(trip->deliveries.size(), 1U);
      EXPECT_TRUE(trip->settlement);
    }
    const auto again = require(ledger.append(make_cart(std::to_string(*acknowledged.rbegin()))));
    EXPECT_EQ(again.outcome, CartOutcome::repeated);
    const LedgerCounts counts = require(reader.counts());
    EXPECT_GE(counts.trips, static_cast<std::int64_t>(acknowledged.size()));
    EXPECT_EQ(counts.pending, counts.trips) << "half of a cart was recorded";
    EXPECT_EQ(counts.awaiting_price, counts.trips) << "half of a cart was recorded";
  }
}

TEST(SigKill, LeavesNoGapInTheLedgersHistory) {
  const child::TemporaryFolder folder;
  const auto file = folder.path() / "ledger.db";
  std::mt19937 random(3);
  std::uniform_int_distribution<std::size_t> reports(1, 200);
  for (int round = 0; round < 8; ++round) {
    (void)run_and_kill(reports(random), [&](const auto& report) {
      append_for_ever(file, round * 1'000'000, report);
    });
    const VouchedLedger opened = require(open_vouched(file, at(0)));
    EXPECT_FALSE(require(require(LedgerReader::open(file)).counts()).gap) << "round " << round;
  }
}

TEST(SigKill, IsNoExcuseForALogThatWasCut) {
  const child::TemporaryFolder folder;
  const auto file = folder.path() / "ledger.db";
  // Few enough that SQLite has not begun its log anew, whose end would then be of no use any more.
  (void)run_and_kill(100, [&](const auto& report) { append_for_ever(file, 0, report); });
  const std::filesystem::path log = file.string() + "-wal";
  ASSERT_GT(std::filesystem::file_size(log), 100'000U);
  // More than the last commit, which may have been on its way to the witness when the end came.
  std::filesystem::resize_file(log, std::filesystem::file_size(log) / 4);
  const VouchedLedger opened = require(open_vouched(file, at(0)));
  const auto gap = require(require(LedgerReader::open(file)).counts()).gap;
  ASSERT_TRUE(gap) << "fewer carts than were acknowledged, and no word of it";
  EXPECT_EQ(gap->kind, GapKind::behind);
  EXPECT_LT(gap->sequence, gap->expected.sequence);
}

constexpr std::int64_t batch_size = 20;

void apply_for_ever(const std::filesystem::path& file, const HashKey& key,
                    const std::function<void(std::int64_t)>& report) {
  CacheVersion version;
  CacheWriter writer = require(CacheWriter::open(file, key, version));
  const std::string cursor = require(writer.position()).cursor;
  for (std::int64_t batch = cursor.empty() ? 1 : std::stoll(cursor) + 1;; ++batch) {
    std::vector<ShopperChange> changes;
    for (std::int64_t i = 0; i < batch_size; ++i) {
      const std::string id = std::to_string(batch * batch_size + i);
      changes.emplace_back(ShopperPut{id, id, Role::shopper, Status::active, {id}, ""});
    }
    require(writer.apply(changes, {std::to_string(batch), false, std::nullopt}));
    report(batch);
  }
}

TEST(SigKill, KeepsShoppersAndCursorTogether) {
  const child::TemporaryFolder folder;
  const auto file = folder.path() / "cache.db";
  const HashKey key = HashKey::from_bytes({});
  std::mt19937 random(7);
  std::uniform_int_distribution<std::size_t> reports(1, 100);
  for (int round = 0; round < 12; ++round) {
    const auto applied = run_and_kill(
        reports(random), [&](const auto& report) { apply_for_ever(file, key, report); });
    CacheVersion version;
    CacheWriter writer = require(CacheWriter::open(file, key, version));
    EXPECT_EQ(writer.rebuilt(), "");
    const std::int64_t cursor = std::stoll(require(writer.position()).cursor);
    EXPECT_GE(cursor, applied.back()) << "a kill, unlike a power cut, loses no commit";
    EXPECT_EQ(require(writer.shopper_count()), cursor * batch_size);
    CacheReader reader = require(CacheReader::open(file, key, version));
    const std::string last = std::to_string(cursor * batch_size + batch_size - 1);
    EXPECT_TRUE(require(reader.find(last, SteadyTime{})));
  }
}

}  // namespace
}  // namespace gatehouse::store
