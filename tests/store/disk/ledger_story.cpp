#include "tests/store/disk/ledger_story.hpp"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <iterator>
#include <utility>

#include "tests/store/fixture.hpp"

namespace gatehouse::store {
namespace {

constexpr int turns = 8;
constexpr WallTime story_begins{milliseconds{1'700'000'000'000}};

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string_view word_of(DiskFault::Kind kind) {
  using enum DiskFault::Kind;
  switch (kind) {
    case full:
      return "full";
    case unreadable:
      return "unreadable";
    case read_only:
      return "read-only";
    case unsynced:
      return "not to be synced";
    case any:
      return "failing at whatever it is asked";
  }
  return "";
}

std::string as_text(const std::optional<TripView>& trip) {
  if (!trip) return "not there";
  std::string text = fmt::format("{} {} {}", trip->sequence, trip->purchase_id, trip->cart_bytes);
  for (const Delivery& each : trip->deliveries) {
    text += fmt::format("; {} {} {} {}", each.id, to_text(each.kind), to_text(each.state),
                        each.attempts);
  }
  if (trip->settlement) {
    const Settlement& charge = *trip->settlement;
    text += fmt::format("; {} {} {}", to_text(charge.state),
                        charge.amount ? charge.amount->minor : 0, charge.captures_sent);
  }
  return text;
}

}  // namespace

WallTime LedgerStory::FixedClock::wall() const {
  return story_begins;
}

LedgerStory::LedgerStory(std::uint64_t seed, PlantedInLedger planted)
    : planted_(planted),
      random_(seed),
      now_(story_begins),
      disk_(folder_.path(), seed + 1),
      shadow_(require(Ledger::open(shadow_file_))),
      shadow_reader_(require(LedgerReader::open(shadow_file_))),
      drawer_(shadow_reader_, seed + 2) {}

void LedgerStory::complain(std::string complaint) {
  note(complaint);
  complaints_.push_back(std::move(complaint));
}

void LedgerStory::live() {
  begin();
  if (planted_ == PlantedInLedger::commits_before_the_sync) disk_.lie_about_logs();
  for (int turn = 0; turn < turns && complaints_.empty(); ++turn) play();
  if (complaints_.empty()) come_back();
  if (complaints_.empty()) restart();
}

void LedgerStory::begin() {
  (void)go_wrong();
  open();
  well();
  if (!complaints_.empty()) return;
  auto reader = LedgerReader::open(file_);
  auto counts = reader ? reader->counts() : propagate(std::move(reader));
  if (!counts) return complain("(5) it cannot be read: " + counts.error().message);
  shadow_id_ = counts->mark.id;
  require(shadow_.begin());
  require(shadow_.identify(shadow_id_, story_begins, story_begins));
  require(shadow_.commit());
  settle();
}

void LedgerStory::play() {
  now_ += milliseconds{1 + below(100'000)};
  witness_before_ = bytes_of(Witness::beside(file_));
  charge_intended_ = false;
  const bool ends = go_wrong();
  do_work(drawer_.draw(1 + below(6), now_));
  if (complaints_.empty() && below(3) == 0) look_at_a_trip();
  if (!complaints_.empty()) return;
  if (ends) return end_process();
  switch (below(8)) {
    case 0:
      return restart();
    case 1:
      return end_process();
    case 2:
    case 3:
    case 4:
      return come_back();
    default:
      return;
  }
}

bool LedgerStory::go_wrong() {
  using enum DiskFault::Kind;
  constexpr std::array kinds{full, unreadable, read_only, unsynced, any};
  const std::size_t what = below(11);
  if (what < 4) return false;
  if (what >= 4 + kinds.size()) {
    const auto calls = static_cast<int>(below(120));
    note(fmt::format("the process ends after {} calls", calls));
    disk_.die_after(calls);
    return true;
  }
  constexpr int for_ever = 1'000'000;
  DiskFault fault{.kind = kinds.at(what - 4)};
  fault.after = static_cast<int>(below(fault.kind == any ? 80 : 12));
  fault.times = below(2) == 0 ? 1 + static_cast<int>(below(3)) : for_ever;
  note(fmt::format("after {} calls the disk is {}, {} times", fault.after, word_of(fault.kind),
                   fault.times));
  disk_.fail(fault);
  faulty_ = true;
  return false;
}

void LedgerStory::well() {
  disk_.mend();
  faulty_ = false;
}

/// All of it in one commit, unless the ledger cannot even begin one.
void LedgerStory::do_work(const std::vector<Work>& works) {
  const auto released = std::make_shared<std::latch>(1);
  std::vector<std::future<Answer>> awaited;
  if (!hold(released)) {
    for (const Work& work : works) {
      awaited.clear();
      awaited.push_back(offer(work));
      take({work}, std::move(awaited));
    }
    return;
  }
  for (const Work& work : works) awaited.push_back(offer(work));
  released->count_down();
  take(works, std::move(awaited));
}

/// True: the ledger thread is busy until `released`.
bool LedgerStory::hold(const std::shared_ptr<std::latch>& released) {
  struct Held {
    std::once_flag once;
    std::promise<bool> is_busy;
    void say(bool busy) {
      std::call_once(once, [&] { is_busy.set_value(busy); });
    }
  };
  const auto held = std::make_shared<Held>();
  auto is_busy = held->is_busy.get_future();
  const bool accepted = writer_->submit<void>(
      [held, released](Ledger&) -> Result<> {
        held->say(true);
        released->wait();
        return {};
      },
      [held](const Result<>&) { held->say(false); });
  if (!accepted || is_busy.wait_for(patience) != std::future_status::ready) {
    complain("(4) the ledger thread does not turn");
    return false;
  }
  return is_busy.get();
}

std::future<LedgerStory::Answer> LedgerStory::offer(const Work& work) {
  struct Offered {
    std::promise<Answer> answer;
    bool ran = false;
  };
  const auto offered = std::make_shared<Offered>();
  auto awaited = offered->answer.get_future();
  const bool accepted = writer_->submit<std::string>(
      [offered, run = work.run](Ledger& ledger) {
        auto done = run(ledger);
        offered->ran = done.has_value();
        return done;
      },
      [offered](Result<std::string> told) {
        offered->answer.set_value({std::move(told), offered->ran});
      });
  if (!accepted) complain("(4) work is not accepted");
  return awaited;
}

void LedgerStory::take(const std::vector<Work>& works, std::vector<std::future<Answer>> awaited) {
  std::vector<Answer> answers;
  for (auto& each : awaited) {
    if (each.wait_for(patience) != std::future_status::ready) {
      return complain("(4) work is not answered");
    }
    answers.push_back(each.get());
  }
  judge(works, std::move(answers));
}

void LedgerStory::judge(const std::vector<Work>& works, std::vector<Answer> answers) {
  bool committed = false;
  std::vector<Work> ran;
  for (std::size_t i = 0; i < works.size(); ++i) {
    auto& [told, did_run] = answers[i];
    if (!told && did_run && planted_ == PlantedInLedger::failures_told_as_done) told = "done";
    note(fmt::format("{}: {}", works[i].name, told ? *told : told.error().message));
    committed = committed || told;
    if (did_run) ran.push_back(works[i]);
    if (told) continue;
    if (told.error().message.empty()) complain("(3) a failure without a word");
    if (told.error().remedy == Remedy::repair) complain("(3) a passing fault told as damage");
  }
  if (!committed) {
    if (!ran.empty()) in_doubt_ = std::move(ran);
    return;
  }
  acknowledge(works, answers);
}

void LedgerStory::acknowledge(const std::vector<Work>& works, const std::vector<Answer>& answers) {
  ++commits_;
  in_doubt_.clear();
  require(shadow_.begin());
  for (std::size_t i = 0; i < works.size(); ++i) catch_up(works[i], answers[i]);
  require(shadow_.commit());
}

void LedgerStory::catch_up(const Work& work, const Answer& answer) {
  const auto& told = answer.told;
  if (!told && told.error().remedy != Remedy::reject) return;
  std::string here;
  require(shadow_.attempt([&] {
    const auto done = work.run(shadow_);
    here = done ? *done : "refused";
    return done.has_value();
  }));
  const std::string there = told ? *told : "refused";
  if (there != here && planted_ != PlantedInLedger::failures_told_as_done) {
    complain(fmt::format("(1) {}: answered '{}', and it is '{}'", work.name, there, here));
  }
  charge_intended_ = charge_intended_ || (told && work.intends_charge);
}

Result<std::string> LedgerStory::trip_as_read(LedgerReader& reader, const std::string& trip) {
  auto found = reader.trip(trip);
  if (!found && planted_ == PlantedInLedger::errors_told_as_nothing) return as_text(std::nullopt);
  if (!found) return propagate(std::move(found));
  if (!*found) return as_text(*found);
  auto cart = reader.cart((*found)->sequence);
  if (!cart) return propagate(std::move(cart));
  return as_text(*found) + *cart;
}

void LedgerStory::look_at_a_trip() {
  if (drawer_.trips().empty()) return;
  if (!reader_) {
    auto opened = LedgerReader::open(file_);
    if (!opened && !faulty_ && !disk_.dead()) complain("(5) no reader: " + opened.error().message);
    if (!opened) return;
    reader_ = std::move(*opened);
  }
  const auto which = static_cast<std::ptrdiff_t>(below(drawer_.trips().size()));
  const std::string& trip = std::next(drawer_.trips().begin(), which)->first;
  const auto wanted = require(trip_as_read(shadow_reader_, trip));
  const auto found = trip_as_read(*reader_, trip);
  note(fmt::format("{} is looked at: {}", trip, found ? "well" : found.error().message));
  if (!found && !faulty_ && !disk_.dead()) complain("(5) a read fails: " + found.error().message);
  if (found && *found != wanted) complain(fmt::format("(1) {} where {}", *found, wanted));
  if (!reader_->damage().empty()) complain("(3) a passing fault is damage: " + reader_->damage());
}

}  // namespace gatehouse::store
