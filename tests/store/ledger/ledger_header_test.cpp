// One bit of the first page of a ledger. SQLite says anything of such a file.
#include <gmock/gmock.h>

#include "tests/store/fixture.hpp"
#include "tests/store/sqlite/damage.hpp"

namespace gatehouse::store {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class LedgerHeader : public testing::Test {
 protected:
  LedgerHeader() { const Ledger made = require(Ledger::open(file)); }
  std::string said_with(std::size_t at, char byte) {
    const std::string before = contents(file);
    overwrite(file, at, std::string(1, byte));
    const auto opened = Ledger::open(file);
    EXPECT_FALSE(opened) << at;
    overwrite(file, at, before.substr(at, 1));
    return opened ? "" : opened.error().message;
  }
  child::TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "ledger.db";
};

TEST_F(LedgerHeader, ThatIsDamagedIsNoNewerVersionAndNoDefectAndIsToBeSalvaged) {
  const auto is_told_as_damage = AllOf(HasSubstr("the file is damaged"),
                                       HasSubstr("`gatehouse ledger salvage " + file.string()),
                                       Not(HasSubstr("install")), Not(HasSubstr("defect")));
  EXPECT_THAT(said_with(63, 72), is_told_as_damage) << "the number of the schema";
  EXPECT_THAT(said_with(60, 64), is_told_as_damage) << "the same";
  EXPECT_THAT(said_with(63, 0), is_told_as_damage) << "an older number";
  EXPECT_THAT(said_with(0, 'R'), is_told_as_damage);
  EXPECT_THAT(said_with(19, 66), is_told_as_damage) << "who may read it";
  EXPECT_THAT(said_with(47, 5), is_told_as_damage) << "the format of the schema";
  EXPECT_THAT(said_with(59, 3), is_told_as_damage) << "the encoding";
  EXPECT_TRUE(Ledger::open(file)) << "nothing was changed";
}

TEST_F(LedgerHeader, TellsBothNumbersOfItsSchema) {
  EXPECT_THAT(said_with(63, 72),
              HasSubstr("gives its schema as number 72, and its tables are those of number " +
                        std::to_string(Ledger::newest_schema())));
}

}  // namespace
}  // namespace gatehouse::store
