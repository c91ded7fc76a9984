#include "store/sqlite/schema_number.hpp"

#include <gtest/gtest.h>

#include <span>

#include "store/sql/cache_migrations.hpp"
#include "store/sql/ledger_migrations.hpp"
#include "tests/store/fixture.hpp"

namespace gatehouse::store::sqlite {
namespace {

std::optional<std::int64_t> number_after(Migrations migrations, std::size_t count) {
  auto database = require(Database::open(":memory:", Access::create));
  for (const auto each : migrations.first(count)) require(database.execute(std::string(each)));
  return require(number_by_tables(database, migrations));
}

TEST(SchemaNumber, FollowsFromTheTablesSoThatNoTwoMigrationsMayLeaveTheSameOnes) {
  for (const Migrations migrations :
       {Migrations(sql::ledger_migrations), Migrations(sql::cache_migrations)}) {
    for (std::size_t count = 0; count <= migrations.size(); ++count) {
      EXPECT_EQ(number_after(migrations, count), static_cast<std::int64_t>(count));
    }
  }
}

TEST(SchemaNumber, IsUnknownWhereTheTablesAreOfANewerVersion) {
  auto database = require(Database::open(":memory:", Access::create));
  for (const auto each : sql::ledger_migrations) require(database.execute(std::string(each)));
  require(database.execute("CREATE TABLE future (a)"));
  EXPECT_EQ(require(number_by_tables(database, sql::ledger_migrations)), std::nullopt);
}

}  // namespace
}  // namespace gatehouse::store::sqlite
