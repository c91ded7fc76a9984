#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "store/ledger/ledger_thread.hpp"
#include "store/ledger/verify/ledger_verifier.hpp"
#include "store/values/result.hpp"
#include "store/values/time.hpp"

namespace gatehouse::local {

/// Goes through the ledger in small steps on the local API's loop, between the calls that are
/// answered there: a slice every hour by itself, and all of it when an operator asks. What it finds
/// is damage like any other (LedgerThread::note_damage), and is logged once a slice or page. How
/// much of it is named has a limit, which makes no slice shorter.
///
/// It has no priority of its own, on purpose: a thread that is rarely run would hold SQLite's locks
/// meanwhile, which the ledger thread waits for. It has small steps instead, and pauses.
class Verification {
 public:
  /// What a step computes and reads before others on the loop have their turn.
  static constexpr milliseconds step_max{10};
  /// A slice by itself: of a ledger of a million trips (some 11 million rows and as many entries of
  /// indexes three times over, 4 GB) there are 100, so it is gone through in four to five days.
  /// Where a slice ends is not on disk: after a restart it begins anew.
  static constexpr std::int64_t slice_rows = 400'000;
  static constexpr std::int64_t slice_bytes = std::int64_t{256} << 20;
  static constexpr std::chrono::hours slice_interval{1};
  /// Of a slice by itself: for each step so many times as long is paused.
  static constexpr int pauses_by_itself = 9;
  /// What one page takes at most, half of which is pauses.
  static constexpr milliseconds page_max{2'000};
  /// Named by a page, which ends there, or by a slice, which goes on and counts the others.
  static constexpr std::size_t found_max = 100;

  /// Everything on `loop`; all of these outlive it.
  Verification(std::filesystem::path file, store::LedgerThread& writer, const Clock& clock,
               boost::asio::io_context& loop);

  /// The first slice by itself begins after slice_interval.
  void start_by_itself();
  /// Does the next step of the slice by itself. Gives how long to pause before the next one.
  [[nodiscard]] milliseconds step_by_itself();

  struct Page {
    store::VerifyStep read;
    std::int64_t next = 0;  ///< 0: that was the last of the ledger
  };
  /// An operator's: `after` is 0 for the first page, then Page::next of the one before.
  /// Remedy::reject: that is not the last page, for another verification has begun since, or the
  /// daemon has. Remedy::retry: the disk does not give it now, not even what comes first; the same
  /// page may be asked for again.
  [[nodiscard]] boost::asio::awaitable<Result<Page>> page(std::int64_t after);

 private:
  struct Walk {
    std::optional<store::LedgerVerifier> verifier{};
    std::int64_t rows = 0;  ///< since its beginning
  };
  [[nodiscard]] Result<store::VerifyStep> step(Walk& walk, const store::VerifyBudget& left);
  void tell(const std::vector<store::DamagedPlace>& found, std::size_t unnamed);
  void wait(milliseconds pause);

  std::filesystem::path file_;
  store::LedgerThread& writer_;
  const Clock& clock_;
  boost::asio::io_context& loop_;
  boost::asio::steady_timer timer_;
  Walk by_itself_{};
  store::VerifyStep slice_{};      ///< what it has read of this one
  std::size_t slice_unnamed_ = 0;  ///< places that it has found beyond these
  std::shared_ptr<Walk> asked_for_{};
  std::int64_t next_page_ = 0;  ///< 0: none may be asked for but a first one
  std::int64_t pages_given_ = 0;
};

}  // namespace gatehouse::local
