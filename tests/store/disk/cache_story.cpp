#include "tests/store/disk/cache_story.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "tests/store/fixture.hpp"

namespace gatehouse::store {
namespace {

constexpr int turns = 14;
constexpr std::size_t documents = 60;
constexpr std::size_t keys = 90;

std::string as_text(const std::optional<Shopper>& shopper) {
  if (!shopper) return "nobody";
  return fmt::format("{} {} {}", shopper->shopper_id, static_cast<int>(shopper->role),
                     static_cast<int>(shopper->status));
}

}  // namespace

CacheStory::CacheStory(std::uint64_t seed, PlantedInCache planted)
    : planted_(planted),
      random_(seed),
      disk_(folder_.path(), seed + 1),
      key_(HashKey::from_bytes({})) {
  go_back_to(0);
}

void CacheStory::complain(std::string complaint) {
  note(complaint);
  complaints_.push_back(std::move(complaint));
}

void CacheStory::live() {
  (void)go_wrong();
  open();
  well();
  for (int turn = 0; turn < turns && complaints_.empty(); ++turn) play();
  if (complaints_.empty()) come_back();
  if (complaints_.empty()) restart();
}

void CacheStory::play() {
  const bool ends = go_wrong();
  for (std::size_t batches = 1 + below(3); batches > 0 && complaints_.empty(); --batches) feed();
  for (int scans = 0; scans < 5 && complaints_.empty(); ++scans) scan();
  if (!complaints_.empty()) return;
  if (ends) return end_process();
  switch (below(8)) {
    case 0:
      return restart();
    case 1:
      return end_process();
    case 2:
    case 3:
      return come_back();
    default:
      return;
  }
}

bool CacheStory::go_wrong() {
  using enum DiskFault::Kind;
  constexpr std::array kinds{full, unreadable, read_only, unsynced, any};
  const std::size_t what = below(10);
  if (what < 3) return false;
  if (what >= 3 + kinds.size()) {
    const auto calls = static_cast<int>(below(60));
    note(fmt::format("the process ends after {} calls", calls));
    disk_.die_after(calls);
    return true;
  }
  constexpr int for_ever = 1'000'000;
  DiskFault fault{.kind = kinds.at(what - 3), .after = static_cast<int>(below(30))};
  fault.times = below(2) == 0 ? 1 + static_cast<int>(below(3)) : for_ever;
  note(fmt::format("after {} calls the disk fails as {}, {} times", fault.after,
                   static_cast<int>(fault.kind), fault.times));
  disk_.fail(fault);
  faulty_ = true;
  return false;
}

void CacheStory::well() {
  disk_.mend();
  faulty_ = false;
}

ShopperChange CacheStory::draw_change() {
  const std::string document = fmt::format("d{}", below(documents));
  switch (below(10)) {
    case 0:
      return ShopperRemove{document};
    case 1:
      return DocumentUnclear{document, "a number where a text is expected"};
    case 2: {
      InstrumentPut put{std::string(instrument_prefix) + document, {}};
      put.instrument.risks = {"CHARGEBACK"};
      return put;
    }
    default: {
      ShopperPut put{document,
                     "shopper-" + document,
                     Role::shopper,
                     below(4) == 0 ? Status::blocked : Status::active,
                     {},
                     ""};
      for (std::size_t i = 1 + below(3); i > 0; --i)
        put.keys.push_back(fmt::format("{}", below(keys)));
      put.loyalty = std::string(below(400), 'l');
      return put;
    }
  }
}

CacheStory::Batch CacheStory::draw() {
  Batch batch{{}, {fmt::format("{}", ++drawn_), below(2) == 0, at(1'000 * drawn_)}};
  for (std::size_t i = 1 + below(40); i > 0; --i) batch.changes.push_back(draw_change());
  return batch;
}

Result<> CacheStory::apply(const Batch& batch) {
  if (planted_ == PlantedInCache::cursor_before_the_data) {
    if (Result<> moved = writer_->apply({}, batch.position); !moved) return moved;
  }
  return writer_->apply(batch.changes, batch.position);
}

void CacheStory::feed() {
  const Batch batch = draw();
  const Result<> taken = apply(batch);
  note(fmt::format("batch {}: {}", batch.position.cursor, taken ? "taken" : taken.error().message));
  if (!taken) {
    check(taken.error());
    in_doubt_ = batch;
    return;
  }
  in_doubt_.reset();
  taken_.push_back(batch);
  require(shadow_->apply(batch.changes, batch.position));
}

void CacheStory::check(const Error& error) {
  if (!faulty_ && !disk_.dead()) complain("(5) on a disk that is well: " + error.message);
  if (error.message.empty()) complain("(3) a failure without a word");
  if (error.remedy == Remedy::repair && !disk_.dead()) {
    complain("(3) a passing fault told as damage: " + error.message);
  }
}

void CacheStory::scan() {
  const std::string key = fmt::format("{}", below(keys));
  const auto found = reader_->find(key, SteadyTime{});
  if (!found) {
    note("a scan fails: " + found.error().message);
    return check(found.error());
  }
  const auto wanted = as_text(require(shadow_reader_->find(key, SteadyTime{})));
  if (as_text(*found) != wanted) complain(fmt::format("(2) {} where {}", as_text(*found), wanted));
}

void CacheStory::end_process() {
  disk_.die_after(0);
  reader_.reset();
  writer_.reset();
  const bool cut = below(3) != 0;
  note(cut ? "the power is cut" : "killed");
  using enum FaultDisk::Loss;
  constexpr std::array losses{nothing, some, some, all};
  if (cut) {
    disk_.cut_power(losses.at(below(losses.size())));
  } else {
    disk_.start_again();
  }
  faulty_ = false;
  if (below(3) == 0) (void)go_wrong();
  open();
  well();
  settle(cut);
}

void CacheStory::restart() {
  note("restarted");
  reader_.reset();
  writer_.reset();
  open();
  well();
  settle(false);
}

bool CacheStory::try_to_open() {
  auto writer = CacheWriter::open(file_, key_, version_);
  if (!writer) {
    note("not opened: " + writer.error().message);
    check(writer.error());
    return false;
  }
  writer_ = std::move(*writer);
  if (!writer_->rebuilt().empty()) complain("(4) emptied: " + writer_->rebuilt());
  auto reader = CacheReader::open(file_, key_, version_);
  if (!reader) {
    note("no reader: " + reader.error().message);
    check(reader.error());
    writer_.reset();
    return false;
  }
  reader_ = std::move(*reader);
  return true;
}

void CacheStory::open() {
  for (int tries = 0; tries < 3 && complaints_.empty(); ++tries) {
    const bool opened = try_to_open();
    if (disk_.dead()) {
      reader_.reset();
      writer_.reset();
      note("killed");
      disk_.start_again();
    } else if (opened) {
      return;
    }
    well();
  }
  if (complaints_.empty()) complain("(5) it does not open on a disk that is well");
}

void CacheStory::come_back() {
  well();
  note("the disk is well");
  feed();
  if (complaints_.empty()) scan();
  compare();
}

/// What it says now, by the cursor that it has.
void CacheStory::settle(bool may_be_older) {
  if (!complaints_.empty()) return;
  const auto position = writer_->position();
  if (!position) return complain("(5) it cannot be read: " + position.error().message);
  const std::string& cursor = position->cursor;
  if (in_doubt_ && in_doubt_->position.cursor == cursor) {
    taken_.push_back(*in_doubt_);
    require(shadow_->apply(in_doubt_->changes, in_doubt_->position));
  }
  in_doubt_.reset();
  std::size_t batches = taken_.size();
  while (batches > 0 && taken_[batches - 1].position.cursor != cursor) --batches;
  if (batches == 0 && !cursor.empty()) return complain("(1) a cursor of no batch: " + cursor);
  if (batches < taken_.size() && !may_be_older) return complain("(1) it is as of batch " + cursor);
  if (batches < taken_.size()) go_back_to(batches);
  compare();
}

/// The shadow says what was said after so many batches.
void CacheStory::go_back_to(std::size_t batches) {
  shadow_reader_.reset();
  shadow_.reset();
  const auto file = shadow_folder_.path() / fmt::format("{}.db", shadows_++);
  shadow_ = require(CacheWriter::open(file, key_, shadow_version_));
  shadow_reader_ = require(CacheReader::open(file, key_, shadow_version_));
  taken_.resize(batches);
  for (const Batch& batch : taken_) require(shadow_->apply(batch.changes, batch.position));
}

void CacheStory::compare() {
  if (!complaints_.empty()) return;
  const auto open = [](const std::filesystem::path& file) {
    return sqlite::Database::open(file, sqlite::Access::read_only, milliseconds{100},
                                  sqlite::Sharing::threads);
  };
  auto real = open(file_);
  if (!real) return complain("(5) it cannot be opened to read: " + real.error().message);
  auto shadow = require(open(shadow_folder_.path() / fmt::format("{}.db", shadows_ - 1)));
  const auto here = image_of(*real, {});
  if (!here) return complain("(5) it cannot be read: " + here.error().message);
  const auto wanted = require(image_of(shadow, {}));
  if (const auto lost = missing_in(*here, wanted); !lost.empty()) complain("(1) lost: " + lost);
  if (const auto more = missing_in(wanted, *here); !more.empty()) complain("(1) more: " + more);
  const auto integrity = require(integrity_of(*real));
  if (integrity != "ok") complain("(6) " + integrity);
}

}  // namespace gatehouse::store
