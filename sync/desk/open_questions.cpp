#include "sync/desk/open_questions.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "sync/delivery/due.hpp"

namespace gatehouse::sync {
namespace {

constexpr milliseconds kept_out_for = std::chrono::minutes{15};
constexpr milliseconds step_min{1'000};
constexpr milliseconds untrusted_pause = std::chrono::minutes{1};
constexpr milliseconds ask_wait_max = next_ask_max + std::chrono::minutes{2};

}  // namespace

OpenQuestions::OpenQuestions(std::string store_id, JwoOptions options, store::LedgerReader& reader,
                             LedgerPort& port, const Clock& clock)
    : store_id_(std::move(store_id)),
      options_(std::move(options)),
      reader_(reader),
      clock_(clock),
      recorder_(port, clock) {}

SteadyTime OpenQuestions::turn() {
  const SteadyTime recording = recorder_.turn();
  if (stopping_) return recording;
  const auto now = clock_.steady();
  if (now < not_before_ || free() == 0)
    return std::min(recording, std::max(not_before_, now + pause));
  not_before_ = now + pause;
  const Result<> noted = note_overdue();
  const Result<> asked = ask_due();
  const bool looked = noted && asked;
  // What cannot be read now is looked for again: LedgerReader::damage() says what it was.
  return std::min(recording, looked ? next_turn() : now + std::chrono::seconds{30});
}

SteadyTime OpenQuestions::next_turn() {
  if (!busy_.empty()) return not_before_;
  SteadyTime wake = SteadyTime::max();
  if (const auto next = reader_.questions().next(); next && *next) {
    wake = look_again(**next + question_grace(options_.look_minute), clock_);
  }
  if (const auto next = reader_.questions().next_to_be_overdue(); next && *next) {
    // What is late by a clock that may be wrong is not noted: there is no hurry to look at it
    // again.
    const auto late = look_again(**next + options_.charge_window, clock_);
    const auto soon = clock_trusted_ ? late : clock_.steady() + untrusted_pause;
    wake = std::min(wake, std::max(late, soon));
  }
  return std::max(wake, not_before_);
}

bool OpenQuestions::is_out(std::int64_t trip) const {
  return busy_.contains(trip) || quarantine_.holds(trip, clock_.steady());
}

/// Beyond it no time that was meant can lie. After a step back of the wall clock that is everything
/// that is not due: it may have been put off by as much as the clock was wrong.
WallTime OpenQuestions::latest(WallTime due) {
  const auto now = clock_.steady();
  const auto lead =
      std::chrono::floor<milliseconds>(clock_.wall().time_since_epoch() - now.time_since_epoch());
  const bool stepped = lead_ && lead < *lead_ - step_min;
  lead_ = lead;
  if (!stepped) return due + ask_wait_max;
  if (stepped_back_at_ && now < *stepped_back_at_ + after_step_pause) return due + ask_wait_max;
  stepped_back_at_ = now;
  return due;
}

Result<> OpenQuestions::note_overdue() {
  // It is noted once for good, so not by a clock that leaps for a moment.
  if (!clock_trusted_) return {};
  const auto limit = free() + busy_.size() + quarantine_.size();
  const auto now = clock_.wall();
  auto overdue = reader_.questions().overdue(now - options_.charge_window, limit);
  if (!overdue) return propagate(std::move(overdue));
  for (const std::int64_t trip : *overdue) {
    if (free() == 0) break;
    if (is_out(trip)) continue;
    write(trip, [trip, now](store::Ledger& ledger) { return ledger.note_overdue(trip, now); });
  }
  return {};
}

Result<> OpenQuestions::ask_due() {
  const auto limit = free() + busy_.size() + quarantine_.size();
  const WallTime due = clock_.wall() - question_grace(options_.look_minute);
  auto trips = reader_.questions().due(due, latest(due), limit);
  if (!trips) return propagate(std::move(trips));
  for (const std::int64_t trip : *trips) {
    if (free() == 0) break;
    if (!is_out(trip)) ask(trip);
  }
  return {};
}

/// Where the clock may be wrong, late is what was noted as late, and nothing else.
milliseconds OpenQuestions::judged_window(const store::QuestionFacts& facts) const {
  if (clock_trusted_) return options_.charge_window;
  constexpr milliseconds beyond_any_clock = std::chrono::days{100 * 365};
  return facts.overdue ? -beyond_any_clock : beyond_any_clock;
}

void OpenQuestions::ask(std::int64_t trip) {
  const auto settlement = reader_.settlement(trip);
  if (!settlement) return keep_out(trip, settlement.error());
  const auto facts = reader_.questions().facts(trip);
  if (!facts) return keep_out(trip, facts.error());
  if (!*settlement || !*facts || !(*facts)->ask_at) return;
  const WallTime ask_at = *(*facts)->ask_at;
  const WallTime now = clock_.wall();
  const milliseconds window = judged_window(**facts);
  const QuestionKind question = question_of(**settlement, **facts, window, now);
  if (question == QuestionKind::none) {
    return write(trip, [trip, ask_at, state = (*settlement)->state](store::Ledger& ledger) {
      return ledger.drop_question(trip, state, ask_at);
    });
  }
  const auto wait = next_ask(question, (*facts)->asks + 1, options_.look_minute);
  store::NewQuestion made{
      .trip_sequence = trip,
      .trip_id = (*settlement)->trip_id,
      .state = (*settlement)->state,
      .clear_looks = (*settlement)->clear_looks,
      .ask_at = ask_at,
      .next_ask_at = wait ? std::optional(now + *wait) : std::nullopt,
      .record = open_question_record(store_id_, **settlement, **facts, question, window, now),
      .at = now};
  write(trip, [made = std::move(made)](store::Ledger& ledger) -> Result<> {
    auto asked = ledger.ask(made);
    if (!asked) return propagate(std::move(asked));
    return {};
  });
}

void OpenQuestions::write(std::int64_t trip, Recorder::Work work) {
  busy_.insert(trip);
  recorder_.commit(std::move(work), [this, trip](const Result<>& result) {
    busy_.erase(trip);
    if (!result) return keep_out(trip, result.error());
    quarantine_.remove(trip);
  });
}

void OpenQuestions::keep_out(std::int64_t trip, const Error& error) {
  (void)quarantine_.add(trip, clock_.steady() + kept_out_for, error.message);
}

}  // namespace gatehouse::sync
