// How SQLite carries out every named statement of both databases: a scan, or a sort of what was
// found, is on the list below with what bounds it, or fails.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <span>

#include "store/sql/cache_migrations.hpp"
#include "store/sql/cache_sql.hpp"
#include "store/sql/ledger_migrations.hpp"
#include "store/sql/ledger_sql.hpp"
#include "store/sqlite/database.hpp"
#include "store/sqlite/migrations.hpp"
#include "store/sqlite/walk_sql.hpp"
#include "tests/store/fixture.hpp"

namespace gatehouse::store {
namespace {

struct Step {
  std::string statement;
  std::string detail;  ///< as EXPLAIN QUERY PLAN says it
  auto operator<=>(const Step&) const = default;
};

struct Allowed {
  const char* statement;
  const char* detail;
  const char* bounded_by;
};

constexpr const char* one_row = "the table has one row";
constexpr const char* gaps =
    "a row for each time that the ledger was lost or exchanged, which takes a person each time";
/// A counter would have to be written with each cart: a page whose damage stops all of them.
constexpr const char* counted =
    "LedgerReader::counts() alone, on which the local API spends a twentieth of its time while it "
    "takes no longer than 1.5 s (LocalLedger::recent_counts), and more only after an operator's "
    "act";
constexpr const char* first_row = "LIMIT 1, or EXISTS: the first row alone is read";
constexpr const char* unclear_max = "unclear_documents_max: 10,000 rows";

constexpr const char* refused_max =
    "refused_carts_max: 10,000 rows, in LedgerReader::counts() alone";

constexpr const char* salvaged =
    "`gatehouse ledger salvage` alone, once, in a file that nobody serves: it has read every row";

constexpr Allowed allowed[] = {
    {"refused_waiting", "SCAN refused_cart USING COVERING INDEX refused_cart_waiting", refused_max},
    {"last_refused", "SCAN refused_cart USING INDEX refused_cart_waiting", first_row},
    {"select_mark", "SCAN ledger_identity", one_row},
    {"select_witnessed", "SCAN ledger_identity", one_row},
    {"count_commits", "SCAN ledger_identity", one_row},
    {"note_witness", "SCAN ledger_identity", one_row},
    {"begin_era", "SCAN ledger_identity", one_row},
    {"last_gap", "SCAN ledger_gap", gaps},
    {"insert_gap", "SCAN ledger_gap", gaps},
    {"accept_gaps", "SCAN ledger_gap", gaps},
    {"open_gap", "SCAN ledger_gap", gaps},
    {"confirm_gaps", "SCAN ledger_gap", gaps},
    {"has_open_gap", "SCAN ledger_gap", gaps},
    {"open_gap", "USE TEMP B-TREE FOR ORDER BY", gaps},
    {"insert_settlement", "SCAN ledger_gap", gaps},
    {"withheld_charges", "SCAN settlement USING INDEX settlement_withheld", counted},
    {"withheld_charges", "USE TEMP B-TREE FOR GROUP BY", counted},
    {"hand_back", "SCAN settlement USING INDEX settlement_withheld", "LIMIT ?1"},
    {"hand_back_begun_since", "SCAN settlement USING INDEX settlement_withheld",
     "once a ledger, as withhold"},
    {"hand_back_begun_since", "SCAN ledger_gap", gaps},
    {"withhold", "SCAN settlement",
     "once a gap, and only where statistics are on disk, which nothing here gathers"},
    {"totals", "SCAN trip USING COVERING INDEX sqlite_autoindex_trip_1", counted},
    {"totals", "SCAN differing_cart USING COVERING INDEX sqlite_autoindex_differing_cart_1",
     counted},
    {"delivery_states", "SCAN delivery USING COVERING INDEX delivery_by_state", counted},
    {"settlement_states", "SCAN settlement USING COVERING INDEX settlement_by_state", counted},
    {"captures_unclear", "SCAN settlement USING COVERING INDEX settlement_look", counted},
    {"due_settlements", "SCAN (subquery-1)", "LIMIT ?3"},
    {"due_settlements", "SCAN (subquery-3)", "LIMIT ?3"},
    {"due_settlements", "SCAN (subquery-4)", "twice LIMIT ?3"},
    {"due_settlements", "USE TEMP B-TREE FOR ORDER BY", "twice LIMIT ?3"},
    {"due_looks", "SCAN (subquery-1)", "LIMIT ?3"},
    {"due_looks", "SCAN (subquery-3)", "LIMIT ?3"},
    {"due_looks", "SCAN (subquery-4)", "twice LIMIT ?3"},
    {"due_looks", "USE TEMP B-TREE FOR ORDER BY", "twice LIMIT ?3"},
    {"due_questions", "SCAN (subquery-1)", "LIMIT ?3"},
    {"due_questions", "SCAN (subquery-3)", "LIMIT ?3"},
    {"ask_about_withheld", "SCAN settlement USING INDEX settlement_withheld",
     "once a gap, as withhold"},
    {"charges_not_there", "SCAN (subquery-4)", salvaged},
    {"charges_not_there", "SCAN checkout_cart", salvaged},
    {"charges_not_there", "SCAN look_shown", salvaged},
    {"charges_not_there", "SCAN refund USING COVERING INDEX refund_by_trip", salvaged},
    {"charges_not_there", "SCAN settlement_history USING COVERING INDEX settlement_history_by_trip",
     salvaged},
    {"charges_not_there", "UNION USING TEMP B-TREE", salvaged},
    {"contradicted_charges", "SCAN settlement", salvaged},
    {"deliveries_without_refund", "SCAN delivery", salvaged},
    {"refunds_without_delivery", "SCAN refund", salvaged},
    {"refunds_of_two_trips", "SCAN refund", salvaged},
    {"renew_all_questions", "SCAN settlement", salvaged},
    {"outdate_decisions", "SCAN decision USING INDEX decision_pending", salvaged},
    {"reserve_numbers", "SCAN sqlite_sequence", salvaged},
    {"skip_given_numbers", "SCAN sqlite_sequence", salvaged},
    {"trips_not_there", "SCAN (subquery-9)", salvaged},
    {"trips_not_there", "SCAN checkout_cart", salvaged},
    {"trips_not_there", "SCAN decision", salvaged},
    {"trips_not_there", "SCAN delivery USING COVERING INDEX delivery_by_trip", salvaged},
    {"trips_not_there",
     "SCAN differing_cart USING COVERING INDEX sqlite_autoindex_differing_cart_1", salvaged},
    {"trips_not_there", "SCAN look_shown", salvaged},
    {"trips_not_there", "SCAN refund USING COVERING INDEX refund_by_trip", salvaged},
    {"trips_not_there", "SCAN settlement USING COVERING INDEX settlement_by_state", salvaged},
    {"trips_not_there", "SCAN settlement_history USING COVERING INDEX settlement_history_by_trip",
     salvaged},
    {"trips_not_there", "SCAN trip_store", salvaged},
    {"trips_not_there", "UNION USING TEMP B-TREE", salvaged},
    {"trips_with_pending", "SCAN delivery USING INDEX delivery_by_trip", salvaged},
    {"trips_with_pending", "USE TEMP B-TREE FOR DISTINCT", salvaged},
    {"trips_without_cart", "SCAN trip USING COVERING INDEX sqlite_autoindex_trip_1", salvaged},
    {"compare_key_check", "SCAN feed_position", one_row},
    {"look_over", "SCAN shopper", first_row},
    {"look_over", "SCAN credential", first_row},
    {"look_over", "SCAN instrument", first_row},
    {"look_over", "SCAN unclear_document", first_row},
    {"any_unclear", "SCAN unclear_document", first_row},
    {"keep_unclear", "SCAN unclear_document", unclear_max},
    {"count_unclear", "SCAN unclear_document", unclear_max},
    {"loyalty_of_shopper", "USE TEMP B-TREE FOR ORDER BY",
     "the documents of one shopper id: one, where the feed is as it should be"},
    {"count_shoppers", "SCAN shopper USING COVERING INDEX shopper_by_shopper_id",
     "the sync thread spends a fiftieth of its time on it (Feed::count_documents), while it takes "
     "no longer than 0.6 s; else once for each reading of the whole feed"},
};

bool is_allowed(const Step& step) {
  return std::ranges::any_of(allowed, [&step](const Allowed& each) {
    return each.statement == step.statement && each.detail == step.detail;
  });
}

using Statements = std::span<const sqlite::NamedStatement>;

/// A database as its migrations make it.
class Schema {
 public:
  explicit Schema(sqlite::Migrations migrations) {
    require(database_.use_write_ahead_log());
    require(sqlite::migrate(database_, migrations));
  }
  void execute(const std::string& sql) { require(database_.execute(sql)); }

  /// The error as the one step, where it cannot be carried out.
  std::vector<std::string> plan(const std::string& sql) {
    sqlite::Statement explain(database_.handle(), "EXPLAIN QUERY PLAN " + sql);
    auto steps = explain.all([](const sqlite::Rows& row) { return row.string(3); });
    return steps ? *std::move(steps) : std::vector{steps.error().message};
  }
  /// What goes through a whole table or a whole index of it, makes an index for this one time
  /// (which goes through all of it, too), sorts what it found, or fails.
  std::set<Step> costly(const char* name, const std::string& sql) {
    std::set<Step> found;
    for (std::string& step : plan(sql)) {
      const bool scans = step.starts_with("SCAN ") && step != "SCAN CONSTANT ROW";
      if (scans || step.contains("TEMP B-TREE") || step.contains("AUTOMATIC") ||
          step.contains("no such")) {
        found.insert({name, std::move(step)});
      }
    }
    return found;
  }
  std::set<Step> costly(Statements statements) {
    std::set<Step> found;
    for (const auto& [name, sql] : statements) found.merge(costly(name, sql));
    return found;
  }
  /// Whether carrying it out makes a table for that one time.
  bool makes_a_table(std::string_view sql) {
    sqlite::Statement explain(database_.handle(), fmt::format("EXPLAIN {}", sql));
    const auto codes = require(explain.all([](const sqlite::Rows& row) { return row.string(1); }));
    return std::ranges::any_of(codes, [](const std::string& code) {
      return code == "OpenEphemeral" || code == "OpenAutoindex";
    });
  }
  std::vector<std::string> indexes() {
    sqlite::Statement select(
        database_.handle(), "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql NOT NULL");
    return require(select.all([](const sqlite::Rows& row) { return row.string(0); }));
  }

 private:
  child::TemporaryFolder folder_;
  sqlite::Database database_ =
      require(sqlite::Database::open(folder_.path() / "a.db", sqlite::Access::create));
};

TEST(QueryPlans, OfEveryNamedStatementHaveNeitherScanNorSortThatNothingBounds) {
  std::set<Step> found = Schema(sql::ledger_migrations).costly(ledger_sql::statements);
  found.merge(Schema(sql::cache_migrations).costly(cache_sql::statements));
  Schema filled(sql::ledger_migrations);
  filled.execute(many_delivered_trips);
  found.merge(filled.costly(ledger_sql::statements));
  for (const Step& step : found) {
    EXPECT_TRUE(is_allowed(step)) << step.statement << ": " << step.detail;
  }
  for (const auto& [statement, detail, bounded_by] : allowed) {
    EXPECT_TRUE(found.contains({statement, detail}))
        << statement << " does without \"" << detail << "\": take it off the list";
    EXPECT_NE(bounded_by, std::string());
  }
}

TEST(QueryPlans, AreFoundToBeWorseWithoutAnyOneOfTheIndexes) {
  const auto all_are_needed = [](sqlite::Migrations migrations, Statements statements) {
    for (const std::string& index : Schema(migrations).indexes()) {
      Schema without(migrations);
      without.execute("DROP INDEX " + index);
      EXPECT_FALSE(std::ranges::all_of(without.costly(statements), is_allowed)) << index;
    }
  };
  all_are_needed(sql::ledger_migrations, ledger_sql::statements);
  all_are_needed(sql::cache_migrations, cache_sql::statements);
  Schema ledger(sql::ledger_migrations);
  EXPECT_FALSE(ledger.costly("", "SELECT * FROM delivery WHERE kind = 1").empty());
  EXPECT_FALSE(ledger.costly("", "SELECT * FROM delivery WHERE id > 9 ORDER BY reason").empty());
  const auto joined = ledger.costly(
      "", "SELECT * FROM delivery AS a CROSS JOIN delivery AS b ON b.reason = a.reason");
  EXPECT_TRUE(std::ranges::any_of(
      joined, [](const Step& step) { return step.detail.contains(" USING AUTOMATIC "); }));
}

/// Such a table is a cache of pages of its own, made and thrown away: it takes longer than the row.
TEST(QueryPlans, OfWhatEachCartAndEachCallTakesMakeNoTable) {
  const sqlite::NamedStatement each_time[] = {
      ledger_sql::find_trip,         ledger_sql::insert_trip,       ledger_sql::insert_trip_store,
      ledger_sql::insert_delivery,   ledger_sql::insert_settlement, ledger_sql::insert_history,
      ledger_sql::note_question,     ledger_sql::find_delivery,     ledger_sql::record_attempt,
      ledger_sql::renew_order,       ledger_sql::find_settlement,   ledger_sql::find_charge,
      ledger_sql::update_settlement, ledger_sql::write_amount,      ledger_sql::count_commits};
  Schema ledger(sql::ledger_migrations);
  for (const auto& [name, sql] : each_time) EXPECT_FALSE(ledger.makes_a_table(sql)) << name;
  EXPECT_TRUE(
      ledger.makes_a_table("UPDATE settlement SET amount_minor = 1 WHERE state IN (1, 2, 3)"));
}

/// So that damage in the table costs the one record that it hit, and no choice reads a payload.
TEST(QueryPlans, ChooseWhatIsDueFromItsIndexAlone) {
  struct Choice {
    sqlite::NamedStatement statement;
    const char* index;
  };
  const Choice choices[] = {{ledger_sql::oldest_due_deliveries, "delivery_ready"},
                            {ledger_sql::newest_due_deliveries, "delivery_ready"},
                            {ledger_sql::jumped_deliveries, "delivery_ready"},
                            {ledger_sql::next_delivery_due, "delivery_ready"},
                            {ledger_sql::due_settlements, "settlement_due"},
                            {ledger_sql::newest_due_settlements, "settlement_due"},
                            {ledger_sql::next_settlement_due, "settlement_due"},
                            {ledger_sql::due_looks, "settlement_look"},
                            {ledger_sql::next_look_due, "settlement_look"},
                            {ledger_sql::captures_unclear, "settlement_look"}};
  Schema ledger(sql::ledger_migrations);
  for (const auto& [statement, index] : choices) {
    int reads = 0;
    for (const std::string& step : ledger.plan(statement.text)) {
      if (!step.contains(" settlement") && !step.contains(" delivery")) continue;
      ++reads;
      EXPECT_TRUE(step.contains(fmt::format(" USING COVERING INDEX {}", index)))
          << statement.name << ": " << step;
    }
    EXPECT_GE(reads, 1) << statement.name;
  }
}

/// What a verification reads at once is bounded by its LIMIT and by the row ids: each statement
/// begins where the one before ended, in the table or the index that it is about.
TEST(QueryPlans, OfAVerificationGoOnFromWhereItStands) {
  Schema ledger(sql::ledger_migrations);
  ledger.execute(many_delivered_trips);
  const auto tables =
      require(sqlite::shape_of(sql::ledger_migrations, std::size(sql::ledger_migrations)));
  ASSERT_GE(tables.size(), 15U);
  std::size_t indexes = 0;
  for (const sqlite::TableShape& table : tables) {
    EXPECT_TRUE(ledger.costly(table.name.c_str(), sqlite::rows_after(table)).empty()) << table.name;
    for (const sqlite::IndexShape& index : table.indexes) {
      ++indexes;
      std::vector<std::string> asked{sqlite::rows_not_in(table, index),
                                     sqlite::row_not_in(table, index)};
      EXPECT_TRUE(std::ranges::any_of(
          ledger.plan(asked.back().c_str()),
          [](const auto& step) { return step.ends_with("USING INTEGER PRIMARY KEY (rowid=?)"); }))
          << "a row by its id, whatever the table holds: " << index.name;
      const sqlite::StoredValues keys(index.keys.size(), std::int64_t{1});
      for (std::size_t alike = 0; alike <= keys.size(); ++alike) {
        asked.push_back(sqlite::entries_after(table, index, keys, 1, alike).sql);
      }
      for (const std::string& sql : asked) {
        for (const Step& step : ledger.costly(index.name.c_str(), sql)) {
          EXPECT_TRUE(step.detail == "SCAN found" || step.detail == "SCAN (subquery-2)")
              << index.name << ": " << step.detail << "\n"
              << sql;
        }
      }
      // From the beginning: the first ?1 entries.
      for (const Step& step :
           ledger.costly(index.name.c_str(), sqlite::first_entries(table, index))) {
        EXPECT_FALSE(step.detail.contains("TEMP B-TREE")) << index.name << ": " << step.detail;
      }
    }
  }
  EXPECT_GE(indexes, 24U);
}

}  // namespace
}  // namespace gatehouse::store
