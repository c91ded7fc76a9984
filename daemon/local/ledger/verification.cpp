#include "daemon/local/ledger/verification.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "daemon/local/warnings/warnings.hpp"
#include "daemon/log/log.hpp"
#include "store/values/printable.hpp"

namespace gatehouse::local {
namespace {

constexpr milliseconds pause_min{1};
/// Before what the disk did not give is asked for again, within a page.
constexpr milliseconds pause_after_failure{100};
constexpr std::size_t logged_max = 20;
constexpr std::size_t shown_max = 200;  // of a trip's id

std::string text_of(const store::DamagedPlace& place) {
  std::string rows = fmt::format("row {}", place.row);
  if (place.row_to == store::DamagedPlace::to_the_end) {
    rows = fmt::format("rows from {} on", place.row);
  } else if (place.row_to != place.row) {
    rows = fmt::format("rows {} to {}", place.row, place.row_to);
  }
  const std::string trip =
      place.trip_id.empty() ? "" : fmt::format(" (trip {})", printable(place.trip_id, shown_max));
  return fmt::format("{} of {}{}: {}", rows, place.table, trip, place.what);
}

}  // namespace

Verification::Verification(std::filesystem::path file, store::LedgerThread& writer,
                           const Clock& clock, boost::asio::io_context& loop)
    : file_(std::move(file)), writer_(writer), clock_(clock), loop_(loop), timer_(loop) {}

Result<store::VerifyStep> Verification::step(Walk& walk, const store::VerifyBudget& left) {
  if (!writer_.opened()) {
    return failure(Remedy::retry, "the ledger is not open: " + why_not_open(writer_.trouble()));
  }
  if (!walk.verifier) {
    auto opened = store::LedgerVerifier::open(file_);
    if (!opened) return propagate(std::move(opened));
    walk.verifier.emplace(std::move(*opened));
  }
  auto done = walk.verifier->step(left, clock_);
  if (!done && done.error().remedy == Remedy::repair) writer_.note_damage(done.error().message);
  if (done) walk.rows += done->rows;
  return done;
}

/// Each finding is one row, or rows side by side: the first ones say what kind of damage it is.
void Verification::tell(const std::vector<store::DamagedPlace>& found, std::size_t unnamed) {
  if (found.empty()) return;
  writer_.note_damage("found by verifying: " + text_of(found.front()));
  const std::size_t logged = std::min(found.size(), logged_max);
  for (std::size_t i = 0; i < logged; ++i) {
    log::error("the ledger is damaged: {}", text_of(found[i]));
  }
  if (const std::size_t more = found.size() - logged + unnamed; more > 0) {
    log::error("the ledger is damaged in {} more places: run `gatehouse ledger verify`", more);
  }
}

void Verification::wait(milliseconds pause) {
  timer_.expires_after(pause);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) wait(step_by_itself());
  });
}

void Verification::start_by_itself() {
  wait(slice_interval);
}

milliseconds Verification::step_by_itself() {
  const SteadyTime began = clock_.steady();
  auto done = step(by_itself_, {slice_rows - slice_.rows, slice_bytes - slice_.bytes, step_max});
  bool is_over = !done;
  if (done) {
    slice_.rows += done->rows;
    slice_.bytes += done->bytes;
    for (auto& place : done->found) {
      if (!add_place(slice_.found, std::move(place), found_max)) ++slice_unnamed_;
    }
    is_over = done->ended || slice_.rows >= slice_rows || slice_.bytes >= slice_bytes;
  } else {
    log::warn("the verification of the ledger goes on in an hour: {}", done.error().message);
  }
  if (done && done->ended) {
    log::info("all of the ledger was verified: {} rows and entries of indexes", by_itself_.rows);
    by_itself_.rows = 0;
  }
  if (!is_over) {
    const auto took = std::chrono::ceil<milliseconds>(clock_.steady() - began);
    return std::max(pause_min, pauses_by_itself * took);
  }
  tell(std::exchange(slice_, {}).found, std::exchange(slice_unnamed_, 0));
  // An hour without a connection. The place is kept, also where the disk did not give it.
  if (by_itself_.verifier) by_itself_.verifier->rest();
  return slice_interval;
}

boost::asio::awaitable<Result<Verification::Page>> Verification::page(std::int64_t after) {
  if (after != 0 && after != next_page_) {
    co_return failure(Remedy::reject,
                      "another verification has begun since, or the daemon was restarted: begin "
                      "again, with after = 0");
  }
  if (after == 0) asked_for_ = std::make_shared<Walk>();
  next_page_ = 0;  // while this one is read
  const auto walk = asked_for_;
  Page page;
  boost::asio::steady_timer pause(loop_);
  bool may_fail = true;  // once at a place: the same again is damage, or takes longer
  const SteadyTime until = clock_.steady() + page_max;
  while (!page.read.ended && page.read.found.size() < found_max && clock_.steady() < until) {
    const SteadyTime began = clock_.steady();
    auto done = step(*walk, {slice_rows, slice_bytes, step_max});
    if (!done && may_fail) {
      may_fail = false;
      pause.expires_after(pause_after_failure);
      co_await pause.async_wait(boost::asio::use_awaitable);
      continue;
    }
    if (!done && page.read.rows == 0 && page.read.found.empty()) {
      if (walk == asked_for_) next_page_ = after;
      co_return propagate(std::move(done));
    }
    if (!done) break;  // the next page begins with it
    may_fail = true;
    page.read.rows += done->rows;
    page.read.bytes += done->bytes;
    page.read.ended = done->ended;
    for (auto& place : done->found) {  // of one step: all of it
      add_place(page.read.found, std::move(place), page.read.found.size() + 1);
    }
    pause.expires_after(std::max<SteadyTime::duration>(pause_min, clock_.steady() - began));
    co_await pause.async_wait(boost::asio::use_awaitable);
  }
  tell(page.read.found, 0);
  // Whoever asked may never ask for the next one.
  if (walk->verifier) walk->verifier->rest();
  if (page.read.ended && walk == asked_for_) asked_for_.reset();
  if (!page.read.ended && walk == asked_for_) next_page_ = page.next = ++pages_given_;
  if (!page.read.ended && page.next == 0) {
    co_return failure(Remedy::reject, "another verification has begun since: begin again");
  }
  co_return page;
}

}  // namespace gatehouse::local
