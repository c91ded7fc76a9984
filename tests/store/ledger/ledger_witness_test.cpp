// The file beside the ledger that says how far it was.
#include <gtest/gtest.h>

#include <fstream>

#include "store/ledger/ledger_witness.hpp"
#include "tests/store/ledger/ledger_thread_fixture.hpp"

namespace gatehouse::store {
namespace {

LedgerMark mark(const std::string& id, std::int64_t era, std::int64_t sequence) {
  return {id, era, sequence};
}

class WitnessFile : public testing::Test {
 protected:
  void overwrite(std::streamoff offset, const std::string& bytes) const {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(offset);
    stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  child::TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "ledger.witness";
};

TEST_F(WitnessFile, SaysWhatWasWrittenLast) {
  EXPECT_EQ(Witness::look(file).state, WitnessView::State::none);
  Witness witness = require(Witness::open(file, mark("a", 1, 1), at(10)));
  for (int i = 2; i < 9; ++i) {
    require(witness.write(mark("a", 1, i), at(10 * i)));
    const WitnessView said = Witness::look(file);
    EXPECT_EQ(said.mark, mark("a", 1, i));
    EXPECT_EQ(said.written_at, at(10 * i));
  }
  require(witness.sync());
  // A lower one too, and in the file that is there: after a gap, history begins anew.
  const Witness again = require(Witness::open(file, mark("b", 1, 1), at(5)));
  EXPECT_EQ(Witness::look(file).mark, mark("b", 1, 1));
}

TEST_F(WitnessFile, SaysWhatWasBeforeAWriteThatWasTorn) {
  Witness witness = require(Witness::open(file, mark("a", 1, 1), at(0)));  // first slot
  require(witness.write(mark("a", 1, 2), at(0)));                          // second
  require(witness.write(mark("a", 1, 3), at(0)));                          // first
  overwrite(40, std::string(400, '\0'));
  EXPECT_EQ(Witness::look(file).mark, mark("a", 1, 2));
  overwrite(4096 + 30, "x");
  EXPECT_EQ(Witness::look(file).state, WitnessView::State::unreadable);
}

TEST_F(WitnessFile, IsMadeAnewWhereItIsGarbage) {
  std::ofstream(file) << std::string(100'000, 'x');
  EXPECT_EQ(Witness::look(file).state, WitnessView::State::unreadable);
  const Witness made = require(Witness::open(file, mark("a", 1, 5), at(0)));
  EXPECT_EQ(Witness::look(file).mark, mark("a", 1, 5));
}

class WitnessOfAWriter : public LedgerThreadFixture {};

TEST_F(WitnessOfAWriter, KnowsEachCommitThatWasAnswered) {
  start();
  const auto witness = Witness::beside(file);
  for (int i = 0; i < 20; ++i) {
    require(append(make_cart(std::to_string(i))));
    EXPECT_EQ(Witness::look(witness).mark, require(Ledger::open(file)).mark());
  }
}

TEST_F(WitnessOfAWriter, IsMadeOnceItCanBe) {
  const auto witness = Witness::beside(file);
  std::filesystem::create_directories(witness / "in the way");
  start();
  EXPECT_NE(writer->witness_trouble(), "");
  require(append(make_cart("t-1")));
  std::filesystem::remove_all(witness);
  int trips = 1;
  EXPECT_TRUE(eventually([&] {
    require(append(make_cart("t-" + std::to_string(++trips))));
    return writer->witness_trouble().empty();
  }));
  EXPECT_EQ(Witness::look(witness).mark, require(Ledger::open(file)).mark());
}

}  // namespace
}  // namespace gatehouse::store
