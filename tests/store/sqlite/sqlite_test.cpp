#include <gtest/gtest.h>

#include <fstream>

#include "store/sqlite/database.hpp"
#include "store/sqlite/migrations.hpp"
#include "store/sqlite/transaction.hpp"
#include "tests/store/fixture.hpp"

namespace gatehouse::store::sqlite {
namespace {

class Sqlite : public testing::Test {
 protected:
  Database open(Access access = Access::create) {
    return require(Database::open(file, access, milliseconds{0}));
  }
  child::TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "test.db";
};

TEST_F(Sqlite, BringsBackWhatWasBound) {
  Database database = open();
  require(database.execute("CREATE TABLE t (a, b, c, d, e)"));
  Statement insert(database.handle(), "INSERT INTO t VALUES (?1, ?2, ?3, ?4, ?5)");
  const std::string bytes("a\0b", 3);
  require(insert.run(std::int64_t{-7}, std::string_view("text"), Blob{bytes}, at(99),
                     std::optional<std::int64_t>{}));
  Statement select(database.handle(), "SELECT a, b, c, d, e, typeof(b), typeof(c) FROM t");
  Rows rows = select.query();
  ASSERT_TRUE(require(rows.next()));
  EXPECT_EQ(rows.integer(0), -7);
  EXPECT_EQ(rows.text(1), "text");
  EXPECT_EQ(rows.blob(2), bytes);
  EXPECT_EQ(rows.time(3), at(99));
  EXPECT_TRUE(rows.is_null(4));
  EXPECT_EQ(rows.text(5), "text");
  EXPECT_EQ(rows.text(6), "blob");
  EXPECT_FALSE(require(rows.next()));
}

TEST_F(Sqlite, BindsAnEmptyTextAsTextAndNotAsNull) {
  Database database = open();
  Statement select(database.handle(), "SELECT typeof(?1), typeof(?2)");
  Rows rows = select.query(std::string_view(), Blob{});
  ASSERT_TRUE(require(rows.next()));
  EXPECT_EQ(rows.text(0), "text");
  EXPECT_EQ(rows.text(1), "blob");
}

TEST_F(Sqlite, ResetsAStatementWhoseRowsWereNotReadToTheEnd) {
  Database database = open();
  require(database.execute("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)"));
  Statement select(database.handle(), "SELECT a FROM t ORDER BY a");
  const auto read = [](const Rows& row) { return row.integer(0); };
  EXPECT_EQ(require(select.first(read)), 1);
  EXPECT_EQ(require(select.first(read)), 1);
  // An open read would keep the table from being dropped.
  EXPECT_TRUE(database.execute("DROP TABLE t"));
}

TEST_F(Sqlite, GivesAWrongStatementAsAnErrorAtItsUse) {
  Database database = open();
  Statement wrong(database.handle(), "SELECT nothing FROM nowhere");
  const Result<> run = wrong.run();
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().remedy, Remedy::repair);
  EXPECT_NE(run.error().message.find("SQLITE_ERROR"), std::string::npos);
  Statement few(database.handle(), "SELECT 1");
  EXPECT_FALSE(few.run(std::int64_t{1}));
}

TEST_F(Sqlite, ReportsALockOfAnotherProgramAsRetry) {
  Database one = open();
  Database other = open();
  require(one.execute("BEGIN IMMEDIATE"));
  const Result<> begun = other.execute("BEGIN IMMEDIATE");
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().remedy, Remedy::retry);
  EXPECT_NE(begun.error().message.find("SQLITE_BUSY"), std::string::npos);
}

TEST_F(Sqlite, ReportsAFullDiskAsRetryAndSaysSo) {
  Database database = open();
  require(database.execute("CREATE TABLE t (a); PRAGMA max_page_count = 3"));
  Statement insert(database.handle(), "INSERT INTO t VALUES (zeroblob(100000))");
  const Result<> full = insert.run();
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().remedy, Remedy::retry);
  EXPECT_NE(full.error().message.find("the disk is full"), std::string::npos);
  EXPECT_NE(full.error().message.find("SQLITE_FULL"), std::string::npos);
  EXPECT_NE(full.error().message.find(file.string()), std::string::npos);
  require(database.execute("PRAGMA max_page_count = 1000"));
  EXPECT_TRUE(insert.run());
}

TEST_F(Sqlite, ReportsAForeignFileAsRepair) {
  std::ofstream(file) << std::string(8192, 'x');
  Database database = open();
  const auto read = database.integer("PRAGMA user_version");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().remedy, Remedy::repair);
  EXPECT_NE(read.error().message.find("SQLITE_NOTADB"), std::string::npos);
  EXPECT_TRUE(database.found_damage());
}

TEST_F(Sqlite, DoesNotCreateAFileToReadIt) {
  const auto opened = Database::open(file, Access::read_only);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().remedy, Remedy::repair);
  EXPECT_NE(opened.error().message.find(file.string()), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(file));
}

class SqliteTransactions : public Sqlite {
 protected:
  SqliteTransactions() { require(database.execute("CREATE TABLE t (a)")); }
  std::int64_t count() { return require(database.integer("SELECT count(*) FROM t")); }
  void insert() { require(database.execute("INSERT INTO t VALUES (1)")); }
  auto begin() {
    return require(Transaction::begin(database, statements, Transaction::Kind::write));
  }

  Database database = open();
  TransactionStatements statements{database};
};

TEST_F(SqliteTransactions, AreRolledBackUnlessCommitted) {
  {
    const auto transaction = begin();
    insert();
  }
  EXPECT_EQ(count(), 0);
  {
    auto transaction = begin();
    insert();
    require(transaction.commit());
  }
  EXPECT_EQ(count(), 1);
}

TEST_F(SqliteTransactions, KeepWhatOneOfTheirSavepointsDoesNotUndo) {
  auto transaction = begin();
  insert();
  {
    auto outer = require(Savepoint::begin(statements));
    insert();
    {
      const auto inner = require(Savepoint::begin(statements));
      insert();
    }
    EXPECT_EQ(count(), 2);
    require(outer.release());
  }
  require(transaction.commit());
  EXPECT_EQ(count(), 2);
}

constexpr std::string_view two_migrations[] = {"CREATE TABLE one (a);",
                                               "CREATE TABLE two (a); -- the last line"};
constexpr std::string_view broken_migrations[] = {
    two_migrations[0], "CREATE TABLE two (a); INSERT INTO nowhere VALUES (1);"};

TEST_F(Sqlite, AppliesEachMigrationOnce) {
  Database database = open();
  require(migrate(database, Migrations(two_migrations).first(1)));
  EXPECT_EQ(require(database.integer("PRAGMA user_version")), 1);
  EXPECT_FALSE(require_current(database, two_migrations));
  require(migrate(database, two_migrations));
  require(migrate(database, two_migrations));
  EXPECT_EQ(require(database.integer("PRAGMA user_version")), 2);
  EXPECT_TRUE(require_current(database, two_migrations));
  EXPECT_EQ(require(database.integer("SELECT count(*) FROM sqlite_schema")), 2);
}

TEST_F(Sqlite, PutsTheNumberOfTheSchemaIntoTheFileAndNotOnlyIntoItsLog) {
  Database database = open();
  require(database.use_write_ahead_log());
  require(migrate(database, Migrations(two_migrations).first(1)));
  EXPECT_EQ(schema_in_header(file), 1);
  require(database.execute("PRAGMA user_version = 2"));  // as after a kill before the checkpoint
  EXPECT_EQ(schema_in_header(file), 1);
  require(migrate(database, two_migrations));
  EXPECT_EQ(schema_in_header(file), 2);
}

TEST_F(Sqlite, SaysSoWhenAReaderKeepsTheSchemaOutOfTheFile) {
  Database database = open();
  require(database.use_write_ahead_log());
  require(migrate(database, Migrations(two_migrations).first(1)));
  auto impatient = require(Database::open(file, Access::create, milliseconds{1}));
  require(database.execute("BEGIN; SELECT count(*) FROM one"));
  const Result<> kept_out = migrate(impatient, two_migrations);
  ASSERT_FALSE(kept_out);
  EXPECT_EQ(kept_out.error().remedy, Remedy::retry);
  EXPECT_TRUE(kept_out.error().message.starts_with("writing the schema's number into the file: "))
      << kept_out.error().message;
}

TEST_F(Sqlite, LeavesNothingOfAMigrationThatFails) {
  Database database = open();
  EXPECT_FALSE(migrate(database, broken_migrations));
  EXPECT_EQ(require(database.integer("PRAGMA user_version")), 1);
  EXPECT_EQ(require(database.integer("SELECT count(*) FROM sqlite_schema")), 1);
  EXPECT_FALSE(database.in_transaction());
}

TEST_F(Sqlite, RefusesANewerSchemaNamingBothNumbers) {
  Database database = open();
  require(database.execute("PRAGMA user_version = 7"));
  for (const Result<>& refused :
       {migrate(database, two_migrations), require_current(database, two_migrations)}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().remedy, Remedy::repair);
    EXPECT_NE(refused.error().message.find("number 7"), std::string::npos);
    EXPECT_NE(refused.error().message.find("number 2"), std::string::npos);
  }
  EXPECT_EQ(require(database.integer("PRAGMA user_version")), 7);
}

}  // namespace
}  // namespace gatehouse::store::sqlite
