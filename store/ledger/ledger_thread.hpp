#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>

#include "store/ledger/ledger.hpp"
#include "store/ledger/ledger_witness.hpp"
#include "store/ledger/vouched_ledger.hpp"
#include "store/ledger/work_queue.hpp"
#include "store/space/disk_space.hpp"
#include "store/sqlite/log_renewal.hpp"
#include "store/turns/turns.hpp"
#include "store/values/disk_time.hpp"
#include "store/values/mutex.hpp"
#include "store/values/time.hpp"

namespace gatehouse::store {

struct LedgerThreadOptions {
  /// Work that may wait. At the limit submit() refuses with Remedy::retry, which a gate answers
  /// with 503: the caller still has the cart and comes back.
  std::size_t queue_max = 4096;
  /// Work in one commit. More waits for the next.
  std::size_t batch_max = 512;
  /// For what is written down; null: the machine's. Outlives the writer.
  const Clock* clock = nullptr;
  /// Of the disk of `file`, looked after on the ledger thread; null: there is no reserve, and
  /// nobody measures. Outlives the writer.
  DiskSpace* space = nullptr;
  /// The carts of this box have a settlement: what is tried after damage does, too.
  bool carts_are_settled = false;
  /// Asked before anything in the folder of `file` is touched, and before each commit: a failure
  /// means that the folder is not ours, or another one stands in its place. Called on the ledger
  /// thread; empty: nobody contests it.
  std::function<Result<>()> hold_folder{};
};

/// The ledger thread: collects what waits, commits it in one transaction, then answers all of it
/// (group commit). One fsync serves everyone who came while the last one ran.
///
/// The thread opens the ledger by itself: what keeps the file closed (a full disk, damage, another
/// program, a newer schema) must not keep the gate closed. Until it is open all work is answered
/// with Remedy::retry, and opening is tried again, after half a second first, then less and less
/// often, every ten seconds in the end.
///
/// Each commit is noted in the witness beside the file (vouched_ledger.hpp), which is on disk a
/// second later, at a stop, and before an intent to charge is answered: what the call may have
/// charged must not be forgotten by an exchanged file.
///
/// A folder that is not ours (LedgerThreadOptions::hold_folder) is like a file that cannot be
/// opened, and like a commit that failed once it was: what is acknowledged must be found again.
///
/// What fails for want of space is done once more where the reserve could be given up for it
/// (disk_space.hpp): nobody is answered before that.
///
/// After a failed commit the ledger is opened anew before the next one (see Ledger::open for why).
/// Where that fails too, work is answered with Remedy::retry until it succeeds; while there is no
/// work, it is tried twice a second. One thing cannot be promised: when the process dies between a
/// failed fsync and that open, the next start may find the batch in the log and keep it, although
/// it was answered as failed. Repeating the same work is therefore always safe.
class LedgerThread {
 public:
  /// Begins to open `file` at once, on the ledger thread.
  explicit LedgerThread(std::filesystem::path file, LedgerThreadOptions options = {});
  /// Commits and answers what was accepted, then joins.
  ~LedgerThread();
  LedgerThread(const LedgerThread&) = delete;
  LedgerThread& operator=(const LedgerThread&) = delete;

  /// Runs `work` on the ledger thread inside a transaction, commits, and only then calls `done`
  /// with what `work` gave, on the ledger thread: so `done` must only hand over (post to a loop).
  /// `work` may run more than once, and then nothing of the times before is kept.
  /// When `work` fails, nothing of it is kept and the rest of its batch is: also where it met a
  /// damaged page. When the commit fails, every `done` of the batch gets that error with
  /// Remedy::retry, whatever has to be repaired, and nothing of the batch was kept.
  /// Neither may throw. False: not accepted (queue full or stopped), and `done` is never called.
  /// Thread-safe.
  template <class T>
  [[nodiscard]] bool submit(std::move_only_function<Result<T>(Ledger&)> work,
                            std::move_only_function<void(Result<T>)> done) {
    return queue_.push(std::make_unique<TypedJob<T>>(std::move(work), std::move(done)));
  }

  /// Stops accepting, commits and answers what was accepted, joins. Idempotent; not from `done`.
  void stop();

  /// The ledger was opened at least once: it has the newest schema, and a LedgerReader can be
  /// opened beside it. Never false again. Thread-safe.
  [[nodiscard]] bool opened() const noexcept;
  /// How far the clock stood below the time of the last write when the ledger was opened first; 0
  /// before that. Thread-safe.
  [[nodiscard]] milliseconds clock_behind() const noexcept { return milliseconds{behind_ms_}; }
  /// How far the clock was ahead of the steady one then: who compares that later knows of each step
  /// since. Thread-safe.
  [[nodiscard]] milliseconds clock_lead() const noexcept { return milliseconds{lead_ms_}; }
  /// Waits until the first attempt to open the ledger has ended, at most `wait_max`. Gives
  /// opened().
  [[nodiscard]] bool wait_opened(milliseconds wait_max) const;

  /// Counts up with every turn of the thread: the watchdog's proof of progress. The thread turns
  /// at least once a second also when there is nothing to do, or no ledger. Counts on while the
  /// ledger is being opened, for up to opening_max: a migration of a large one is no hang.
  /// Thread-safe.
  [[nodiscard]] std::uint64_t turns() const noexcept;
  static constexpr std::chrono::minutes opening_max{30};
  /// As they are, without what is added for an opening. Thread-safe.
  [[nodiscard]] const Turns& turning() const noexcept { return turns_; }

  /// What the thread waits for the disk. Thread-safe.
  [[nodiscard]] const DiskTime& disk_time() const noexcept { return disk_time_; }

  /// '' while the disk takes what is written, else why it did not (disk full, I/O error), or why
  /// the ledger could not be opened. Thread-safe.
  [[nodiscard]] std::string trouble() const;

  /// '' while no work met anything in the file that only a person can mend, else the last that did.
  /// Thread-safe.
  [[nodiscard]] std::string damage() const;

  /// Whoever else reads the ledger has met this: damage() says it from now on. Thread-safe.
  void note_damage(std::string what);

  /// '' while carts are taken, as far as damage goes, else why not one is. Once work has met damage
  /// a few made-up carts are written and taken back, at once and every cart_trial_interval until
  /// one of them goes in: a damaged page that costs some trips refuses nobody else. A disk that
  /// fails meanwhile is trouble(), and leaves this as it was. Thread-safe.
  [[nodiscard]] std::string carts_refused() const;
  static constexpr std::chrono::seconds cart_trial_interval{5};

  /// '' while the witness is written, else why it is not. Carts are taken all the same.
  /// Thread-safe.
  [[nodiscard]] std::string witness_trouble() const;

  /// Called on the ledger thread after each successful commit, e.g. to wake the sync thread. Set
  /// before the first submit.
  void on_commit(std::move_only_function<void()> listener);

 private:
  class Job {
   public:
    virtual ~Job() = default;
    /// Keeps the result for answer(). The error, or null.
    virtual const Error* run(Ledger& ledger) = 0;
    /// `lost` is why the batch was not committed, or null.
    virtual void answer(const Error* lost) = 0;
  };
  template <class T>
  class TypedJob;
  using Batch = std::span<const std::unique_ptr<Job>>;

  void run();
  void serve(Batch batch);
  Result<> write(Batch batch);
  Result<> open_anew();
  Result<> hold_folder();
  [[nodiscard]] bool made_room(std::uint64_t lacks_before);
  void note_tried(std::string trouble);
  Result<> run_all(Batch batch);
  Result<> run_one(Job& job, bool& damaged);
  void attest();
  void sync_witness();
  void try_carts();
  Result<> try_cart();
  Result<> write_witness();
  void note(std::string trouble);
  void note_witness(std::string trouble);
  [[nodiscard]] const Clock& clock() const;
  [[nodiscard]] WallTime wall() const { return clock().wall(); }

  const std::filesystem::path file_;
  const LedgerThreadOptions options_;
  WorkQueue<std::unique_ptr<Job>> queue_;
  DiskTime disk_time_;
  Turns turns_{&disk_time_};
  std::atomic<bool> opened_ = false;
  std::atomic<std::int64_t> behind_ms_ = 0;
  std::atomic<std::int64_t> lead_ms_ = 0;
  std::atomic<SteadyTime> opening_since_{SteadyTime::max()};  ///< max: it is not being opened
  mutable Mutex mutex_;
  mutable std::condition_variable_any tried_;
  std::string trouble_ GUARDED_BY(mutex_);
  std::string damage_ GUARDED_BY(mutex_);
  std::string witness_trouble_ GUARDED_BY(mutex_);
  std::string carts_refused_ GUARDED_BY(mutex_);
  bool was_tried_ GUARDED_BY(mutex_) = false;  ///< to open the ledger

  // Of the ledger thread alone.
  sqlite::LogRenewal renewal_;
  std::optional<Ledger> ledger_;
  bool must_reopen_ = false;  ///< the last commit failed
  SteadyTime open_again_at_;  ///< while there is no ledger
  milliseconds open_pause_;
  std::optional<Witness> witness_;  ///< none: it is made again with the next commit, once a second
  LedgerMark witnessed_;            ///< what it says
  SteadyTime witness_synced_at_;    ///< or when that failed
  std::optional<Error> failed_work_;    ///< of this batch: the disk did not take some of its work
  std::optional<std::size_t> damaged_;  ///< of this batch: the work that met damage
  bool holds_folder_ = false;           ///< as it said last
  bool suspects_carts_ = false;         ///< that they are refused: work has met damage
  SteadyTime try_carts_at_;
  std::uint64_t carts_tried_ = 0;
  std::move_only_function<void()> listener_;

  std::thread thread_;  // last: it uses all of the above
};

template <class T>
class LedgerThread::TypedJob final : public Job {
 public:
  TypedJob(std::move_only_function<Result<T>(Ledger&)> work,
           std::move_only_function<void(Result<T>)> done)
      : work_(std::move(work)), done_(std::move(done)) {}

  const Error* run(Ledger& ledger) override {
    result_.emplace(work_(ledger));
    return *result_ ? nullptr : &result_->error();
  }
  void answer(const Error* lost) override {
    if (lost != nullptr) return done_(std::unexpected(*lost));
    done_(std::move(*result_));
  }

 private:
  std::move_only_function<Result<T>(Ledger&)> work_;
  std::move_only_function<void(Result<T>)> done_;
  std::optional<Result<T>> result_;
};

}  // namespace gatehouse::store
