// Every page of a ledger as a day leaves it, zeroed and with bits that are other ones: what salvage
// makes of it. Nothing that could be read is lost, and no charge is made twice by itself.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "store/ledger/salvage/ledger_salvage.hpp"
#include "tests/child/child.hpp"
#include "tests/store/disk/image.hpp"
#include "tests/store/disk/page_survey.hpp"
#include "tests/store/fixture.hpp"
#include "tests/store/sqlite/damage.hpp"

namespace gatehouse::store {
namespace {

constexpr WallTime night{milliseconds{1'700'000'000'000} + std::chrono::hours(12)};
constexpr int flips_a_page = 3;

/// What never changes of a row, as SQL.
struct Kept {
  const char* table;
  const char* columns;
};
constexpr Kept kept[] = {
    {"trip",
     "trip_id || purchase_id || entry || started_at_ms || hex(fingerprint) || hex(cart) ||"
     " hex(cart_sha256)"},
    {"delivery",
     "trip_sequence || ' ' || kind || idempotency_key || quote(payload) ||"
     " quote(payload_sha256) || created_at_ms"},
    {"settlement", "started_at_ms || ' ' || quote(amount_minor) || quote(currency)"},
    {"settlement_history", "trip_sequence || ' ' || at_ms || ' ' || state || reason"},
    {"refund", "trip_sequence || ' ' || request_id || amount_minor || currency || delivery_id"},
    {"differing_cart", "trip_sequence || hex(fingerprint) || hex(cart)"},
    {"trip_store", "store_id"},
    {"refused_cart", "hex(fingerprint) || hex(cart) || hex(cart_sha256)"},
};

using Rows = std::map<std::string, std::string>;

sqlite::Database open(const std::filesystem::path& file) {
  return require(sqlite::Database::open(file, sqlite::Access::create));
}

std::vector<std::int64_t> numbers(sqlite::Database& database, const std::string& sql) {
  sqlite::Statement statement(database.handle(), sql);
  return require(statement.all(sqlite::read_number));
}

/// Those of `ids` that can be read, one by one, as SQLite itself reads them.
Rows rows_of(sqlite::Database& database,
             const std::map<std::string, std::vector<std::int64_t>>& ids) {
  Rows rows;
  (void)database.execute("BEGIN");  // of what is damaged nothing is demanded
  for (const auto& [table, columns] : kept) {
    sqlite::Statement row(
        database.handle(),
        fmt::format("SELECT {} FROM {} NOT INDEXED WHERE rowid = ?1", columns, table));
    for (const std::int64_t id : ids.at(table)) {
      const auto found = row.first(sqlite::read_text, id);
      if (found && *found) rows[fmt::format("{} {}", table, id)] = **found;
    }
  }
  (void)database.execute("COMMIT");
  return rows;
}

/// What was given back, by trip, as the ledger counts it.
std::map<std::int64_t, std::int64_t> refunded(sqlite::Database& database) {
  sqlite::Statement sums(
      database.handle(),
      "SELECT refund.trip_sequence, sum(amount_minor) FROM refund JOIN delivery ON"
      " delivery.id = refund.delivery_id WHERE delivery.state <> 3 OR refund.unclear GROUP BY 1");
  std::map<std::int64_t, std::int64_t> found;
  for (const auto& [trip, minor] : require(sums.all(
           [](const sqlite::Rows& row) { return std::pair(row.integer(0), row.integer(1)); }))) {
    found[trip] = minor;
  }
  return found;
}

class SalvageSurvey : public testing::Test {
 protected:
  SalvageSurvey() {
    trips_ = make_ledger(file_);
    {
      auto database = open(file_);
      require(database.execute("PRAGMA wal_checkpoint(TRUNCATE)"));
      for (const auto& each : kept) {
        ids_[each.table] = numbers(database, fmt::format("SELECT rowid FROM {}", each.table));
      }
      before_ = rows_of(database, ids_);
      refunded_ = refunded(database);
      // A capture or a checkout of them may have had its effect, or they have ended.
      may_be_charged_ = numbers(database,
                                "SELECT trip_sequence FROM settlement WHERE captures_sent >"
                                " captures_not_done OR charge_unclear = 1 OR state IN (5, 6, 9, 10,"
                                " 11, 12, 16, 17, 19, 20)");
    }
    pristine_ = contents(file_);
  }

  Result<SalvageReport> salvage(const std::string& bytes) {
    for (const char* suffix : {"", "-wal", "-shm"}) {
      std::filesystem::remove(damaged_.string() + suffix);
      std::filesystem::remove(made_.string() + suffix);
    }
    std::ofstream(damaged_, std::ios::binary) << bytes;
    return salvage_ledger(damaged_, {folder_.path(), made_, night, "STORE",
                                     [](std::string_view store, std::string_view trip) {
                                       return fmt::format("{}-{}", store, trip);
                                     }});
  }
  void expect_all_that_can_be_read(const std::string& name) {
    Rows readable;
    {
      auto damaged = open(damaged_);
      (void)damaged.execute("PRAGMA cell_size_check = ON");
      readable = rows_of(damaged, ids_);
    }
    auto made = open(made_);
    EXPECT_EQ(require(integrity_of(made)), "ok") << name;
    const Rows now = rows_of(made, ids_);
    for (const auto& [row, text] : before_) {
      const auto read = readable.find(row);
      if (read == readable.end() || read->second != text) continue;
      const auto found = now.find(row);
      EXPECT_TRUE(found != now.end() && found->second == text) << name << ": " << row;
    }
  }
  void expect_no_charge_by_itself(const std::string& name) {
    auto made = open(made_);
    EXPECT_TRUE(numbers(made,
                        "SELECT trip_sequence FROM settlement WHERE withheld = 0 AND state IN"
                        " (1, 2, 3, 4, 5, 15, 16)")
                    .empty())
        << name;
  }
  /// A person accepts what is there, and Amazon sends every cart again.
  void expect_no_second_charge(const std::string& name) {
    {
      auto made = open(made_);
      for (const auto& [trip, minor] : refunded_) {
        if (numbers(made, fmt::format("SELECT 1 FROM trip WHERE sequence = {}", trip)).empty())
          continue;
        EXPECT_GE(refunded(made)[trip], minor) << name << ": refunds of " << trip;
      }
    }
    auto ledger = require(Ledger::open(made_));
    require(ledger.begin());
    ASSERT_TRUE(require(ledger.accept_gaps(night, 100'000))) << name;
    for (int number = 0; number < trips_; ++number) {
      const auto again = ledger.append(make_cart(fmt::format("trip-{}", number), "again"));
      EXPECT_TRUE(again) << name << ": " << number << ": " << again.error().message;
    }
    require(ledger.commit());
    auto made = open(made_);
    const auto chargeable =
        numbers(made,
                "SELECT trip_sequence FROM settlement WHERE withheld = 0 AND charge_unclear = 0 AND"
                " captures_sent = captures_not_done AND state IN (1, 2, 3, 4, 15)");
    for (const std::int64_t trip : may_be_charged_) {
      EXPECT_EQ(std::ranges::find(chargeable, trip), chargeable.end()) << name << ": " << trip;
    }
    // A cart whose trip is lost comes as a new trip.
    EXPECT_TRUE(numbers(made, fmt::format("SELECT trip_sequence FROM settlement WHERE withheld = 0"
                                          " AND state IN (1, 2, 4) AND trip_sequence > {}",
                                          std::ranges::max(ids_["trip"])))
                    .empty())
        << name;
  }

  child::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "ledger.db";
  std::filesystem::path damaged_ = folder_.path() / "damaged.db";
  std::filesystem::path made_ = folder_.path() / "made.db";
  int trips_ = 0;
  std::string pristine_;
  std::map<std::string, std::vector<std::int64_t>> ids_;
  Rows before_;
  std::map<std::int64_t, std::int64_t> refunded_;
  std::vector<std::int64_t> may_be_charged_;
};

TEST_F(SalvageSurvey, OfAWholeLedgerTakesAllOfItAndOnlyWithholds) {
  ASSERT_GE(may_be_charged_.size(), 4U);
  ASSERT_GE(refunded_.size(), 1U);
  const auto report = require(salvage(pristine_));
  EXPECT_TRUE(report.is_whole());
  for (const auto& note : report.notes)
    ADD_FAILURE() << note.table << " " << note.row << " " << note.what;
  for (const auto& trip : report.trips) ADD_FAILURE() << trip;
  EXPECT_EQ(report.stand_ins, 0);
  for (const auto& table : report.tables) EXPECT_EQ(table.lost, 0) << table.name;
  expect_all_that_can_be_read("whole");
  expect_no_charge_by_itself("whole");
}

TEST_F(SalvageSurvey, OfEachPageLosesNothingThatCanBeReadAndChargesNothingTwice) {
  std::mt19937_64 random(5);
  int refused = 0;
  int schema_pages = 0;
  for (const Page& page : pages_of(file_)) {
    const auto begin = static_cast<std::size_t>(page.number - 1) * page_size;
    if (page.kind.starts_with("schema")) ++schema_pages;
    std::vector<std::size_t> used;
    for (std::size_t at = begin; at < begin + page_size; ++at) {
      if (pristine_[at] != '\0') used.push_back(at);
    }
    for (int flip = 0; flip <= flips_a_page && !(flip > 0 && used.empty()); ++flip) {
      std::string damaged = pristine_;
      if (flip == 0) {
        damaged.replace(begin, page_size, std::string(page_size, '\0'));
      } else {
        char& byte = damaged[used[random() % used.size()]];
        byte = static_cast<char>(byte ^ (1 << (random() % 8)));
      }
      const auto name = fmt::format("page {} ({}), {}", page.number, page.kind, flip);
      const auto report = salvage(damaged);
      if (!report) {
        ++refused;
        EXPECT_EQ(report.error().remedy, Remedy::repair) << name;
        EXPECT_TRUE(page.kind.starts_with("schema")) << name << ": " << report.error().message;
        EXPECT_FALSE(std::filesystem::exists(made_)) << name;
        continue;
      }
      expect_all_that_can_be_read(name);
      expect_no_charge_by_itself(name);
      if (flip > 0) continue;
      const bool is_data = page.kind.starts_with("table ") &&
                           page.kind != "table sqlite_sequence" &&
                           // The one that has no SHA-256: its last page is not missed.
                           page.kind != "table differing_cart, overflow";
      EXPECT_FALSE(is_data && report->is_whole()) << name << ": something of it is missing";
      expect_no_second_charge(name);
    }
  }
  EXPECT_LE(refused, schema_pages * (flips_a_page + 1));
}

}  // namespace
}  // namespace gatehouse::store
