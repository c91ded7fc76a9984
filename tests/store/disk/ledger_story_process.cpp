#include <fmt/format.h>

#include <array>
#include <fstream>
#include <utility>

#include "store/sqlite/database.hpp"
#include "tests/store/disk/image.hpp"
#include "tests/store/disk/ledger_story.hpp"
#include "tests/store/fixture.hpp"

// How the process of a LedgerStory ends, begins again, and what its ledger says then.
namespace gatehouse::store {

void LedgerStory::end_process() {
  disk_.die_after(0);
  reader_.reset();
  writer_.reset();
  using enum FaultDisk::Loss;
  constexpr std::array losses{nothing, some, some, all};
  if (below(3) == 0) {
    note("killed");
    disk_.start_again();
  } else {
    note("the power is cut");
    other_.reset();
    disk_.cut_power(losses.at(below(losses.size())));
    put_back_witness();
  }
  faulty_ = false;
  if (!other_ && below(3) == 0) let_another_read();
  if (below(3) == 0) (void)go_wrong();
  open();
  well();
  settle();
}

/// A backup, or a listing: it came before the daemon, and stays for a while.
void LedgerStory::let_another_read() {
  auto other = sqlite::Database::open(file_, sqlite::Access::read_only);
  if (!other || !other->execute("BEGIN; SELECT count(*) FROM trip")) return;
  note("another program reads it");
  other_ = std::move(*other);
}

/// It is on disk a second after a commit, and before an intent to charge is answered.
void LedgerStory::put_back_witness() {
  if (charge_intended_ || witness_before_.empty() || below(2) == 0) return;
  std::ofstream(Witness::beside(file_), std::ios::binary) << witness_before_;
}

bool LedgerStory::try_to_open() {
  writer_.emplace(file_, LedgerThreadOptions{.clock = &clock_});
  if (writer_->wait_opened(patience)) return true;
  note("not opened: " + writer_->trouble());
  if (writer_->trouble().empty()) complain("(3) it does not open, without a word");
  writer_.reset();
  return false;
}

void LedgerStory::open() {
  for (int tries = 0; tries < 3; ++tries) {
    const bool opened = try_to_open();
    if (disk_.dead()) {
      other_.reset();
      writer_.reset();
      note("the power is cut");
      disk_.cut_power(FaultDisk::Loss::some);
      put_back_witness();
    } else if (opened) {
      return;
    }
    well();
  }
  complain("(5) it does not open on a disk that is well");
}

void LedgerStory::come_back() {
  well();
  note("the disk is well");
  const int commits_before = commits_;
  do_work({drawer_.new_cart(now_)});
  if (!complaints_.empty()) return;
  if (commits_ == commits_before) {
    complain("(5) no cart is taken on a disk that is well: " + writer_->trouble());
  }
  if (!writer_->trouble().empty()) complain("(5) still in trouble: " + writer_->trouble());
  if (!writer_->damage().empty()) complain("(3) a passing fault is damage: " + writer_->damage());
  look_at_a_trip();
  compare();
}

/// A clean stop, also of a disk that fails.
void LedgerStory::restart() {
  note("restarted");
  other_.reset();
  reader_.reset();
  writer_.reset();
  open();
  well();
  settle();
}

/// After the ledger was closed and opened: the last that was answered as failed may be there.
void LedgerStory::settle() {
  if (!complaints_.empty() || !writer_) return;
  if (!in_doubt_.empty() && !difference().empty()) {
    note("what was answered as failed is there");
    require(shadow_.begin());
    for (const Work& work : in_doubt_) {
      require(shadow_.attempt([&] { return work.run(shadow_).has_value(); }));
    }
    require(shadow_.commit());
  }
  in_doubt_.clear();
  compare();
  if (!complaints_.empty()) return;
  auto real = require(sqlite::Database::open(file_, sqlite::Access::read_only));
  const auto integrity = require(integrity_of(real));
  if (integrity != "ok") complain("(6) " + integrity);
}

void LedgerStory::compare() {
  if (!complaints_.empty()) return;
  if (std::string difference = this->difference(); !difference.empty()) {
    complain(std::move(difference));
  }
}

std::string LedgerStory::difference() {
  const std::vector<std::string> of_this_file{"ledger_identity"};
  auto real = sqlite::Database::open(file_, sqlite::Access::read_only);
  if (!real) return "(5) it cannot be opened to read: " + real.error().message;
  auto shadow = require(sqlite::Database::open(shadow_file_, sqlite::Access::read_only));
  const auto here = image_of(*real, of_this_file);
  if (!here) return "(5) it cannot be read: " + here.error().message;
  const auto acknowledged = require(image_of(shadow, of_this_file));
  const auto lost = missing_in(*here, acknowledged);
  if (!lost.empty()) return "(1) acknowledged and lost: " + lost;
  const auto more = missing_in(acknowledged, *here);
  if (!more.empty()) return "(2) there, though nobody was told: " + more;
  return "";
}

}  // namespace gatehouse::store
