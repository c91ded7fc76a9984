#include "store/ledger/ledger_thread.hpp"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>

#include "store/space/lack_of_space.hpp"
#include "store/turns/computing.hpp"
#include "store/values/sha256.hpp"
#include "store/values/text/hexadecimal.hpp"

namespace gatehouse::store {
namespace {

constexpr milliseconds idle_turn{500};
constexpr milliseconds witness_sync_interval{1'000};
constexpr milliseconds open_pause_min{500};
constexpr milliseconds open_pause_max{10'000};
/// Their names fall on different pages of the indices: where all of them fail, so does any other.
constexpr int carts_in_a_trial = 3;
/// As much as many a cart has: it needs a page of its own.
constexpr std::size_t trial_cart_bytes = 4096;

NewCart trial_cart(std::uint64_t number, bool is_settled, WallTime now) {
  NewCart cart{.trip_id = hexadecimal(sha256(fmt::format("trial {}", number))),
               .purchase_id = "trial",
               .started_at = now,
               .received_at = now,
               .body = std::string(trial_cart_bytes, ' '),
               .first_settlement = std::nullopt};
  if (!is_settled) return cart;
  cart.entry = Entry::card;
  cart.first_settlement = SettlementState::awaiting_price;
  return cart;
}

}  // namespace

LedgerThread::LedgerThread(std::filesystem::path file, LedgerThreadOptions options)
    : file_(std::move(file)),
      options_(options),
      queue_(options.queue_max),
      open_pause_(open_pause_min),
      thread_([this] { run(); }) {}

LedgerThread::~LedgerThread() {
  stop();
}

void LedgerThread::stop() {
  queue_.close();
  if (thread_.joinable()) thread_.join();
}

bool LedgerThread::opened() const noexcept {
  return opened_;
}

bool LedgerThread::wait_opened(milliseconds wait_max) const {
  const SteadyTime deadline = std::chrono::steady_clock::now() + wait_max;
  const MutexLock lock(mutex_);
  while (!was_tried_) {
    if (tried_.wait_until(mutex_, deadline) == std::cv_status::timeout) break;
  }
  return opened_;
}

std::uint64_t LedgerThread::turns() const noexcept {
  const std::uint64_t turns = turns_.total();
  const SteadyTime since = opening_since_;
  const SteadyTime now = std::chrono::steady_clock::now();
  if (since >= now) return turns;
  const auto opening = std::min<SteadyTime::duration>(now - since, opening_max);
  return turns + static_cast<std::uint64_t>(opening / idle_turn);
}

std::string LedgerThread::trouble() const {
  const MutexLock lock(mutex_);
  return trouble_;
}

std::string LedgerThread::damage() const {
  const MutexLock lock(mutex_);
  return damage_;
}

std::string LedgerThread::carts_refused() const {
  const MutexLock lock(mutex_);
  return carts_refused_;
}

std::string LedgerThread::witness_trouble() const {
  const MutexLock lock(mutex_);
  return witness_trouble_;
}

void LedgerThread::on_commit(std::move_only_function<void()> listener) {
  listener_ = std::move(listener);
}

void LedgerThread::run() {
  pthread_setname_np(pthread_self(), "ledger");
  disk_time_.count_this_thread();
  (void)open_anew();
  Computing computing;  // opening may migrate, which takes what it takes
  while (!queue_.finished()) {
    const auto batch = queue_.take(options_.batch_max, idle_turn);
    turns_.count(std::chrono::steady_clock::now(), computing.lap());
    sync_witness();
    if (options_.space != nullptr && holds_folder_) {
      options_.space->look(std::chrono::steady_clock::now());
    }
    // A folder that was replaced is told of before the next cart comes.
    const bool has_to_serve =
        !batch.empty() || !ledger_ || !trouble().empty() || !hold_folder().has_value();
    if (has_to_serve) serve(batch);
    if (suspects_carts_) try_carts();
  }
  if (witness_) (void)witness_->sync();
}

void LedgerThread::serve(Batch batch) {
  const std::uint64_t lacks_before = lacks_of_space();
  Result<> written = write(batch);
  if (!written && made_room(lacks_before)) written = write(batch);
  if (damaged_) {
    // SQLite commits nothing that a statement has met damage in. So what came before it is done
    // once more without it, and then the rest: one bad page must not cost the others their commit.
    const auto damaged = *damaged_;
    if (damaged > 0) serve(batch.first(damaged));
    batch[damaged]->answer(nullptr);
    if (damaged + 1 < batch.size()) serve(batch.subspan(damaged + 1));
    return;
  }
  const Error* lost = written ? nullptr : &written.error();
  for (const auto& job : batch) job->answer(lost);
  if (lost == nullptr && !batch.empty() && listener_) listener_();
}

Result<> LedgerThread::write(Batch batch) {
  failed_work_.reset();
  damaged_.reset();
  if (Result<> opened = open_anew(); !opened) return opened;
  if (const Result<> held = hold_folder(); !held) {
    must_reopen_ = true;
    note(held.error().message);
    return failure(Remedy::retry, held.error().message);
  }
  Result<> done = ledger_->begin();
  if (done) done = run_all(batch);
  if (damaged_) {
    ledger_->rollback();
    return {};
  }
  if (done) done = ledger_->commit();
  if (done) attest();
  if (!done) {
    ledger_->rollback();
    must_reopen_ = true;
    note(done.error().message);
    // It is no fault of any one work, and whoever comes back may find it repaired.
    done.error().remedy = Remedy::retry;
  } else {
    note(failed_work_ ? failed_work_->message : "");
  }
  return done;
}

Result<> LedgerThread::hold_folder() {
  Result<> held;
  if (options_.hold_folder) held = options_.hold_folder();
  holds_folder_ = held.has_value();
  return held;
}

/// What was tried since then failed for want of space, and now there is some.
bool LedgerThread::made_room(std::uint64_t lacks_before) {
  if (options_.space == nullptr || !holds_folder_) return false;
  if (lacks_of_space() == lacks_before) return false;
  return options_.space->give_up(std::chrono::steady_clock::now());
}

Result<> LedgerThread::open_anew() {
  if (ledger_ && !must_reopen_) return {};
  const SteadyTime now = std::chrono::steady_clock::now();
  // A migration that fails may have taken long: not for every cart that comes.
  if (!ledger_ && now < open_again_at_) return failure(Remedy::retry, trouble());
  opening_since_ = now;
  // The new one is opened beside the old one. Were the old one closed first, the log would be
  // recovered from its bytes, and a batch that was answered as failed would come back: its frames
  // are there, only their fsync failed. So they stay unknown, and the checkpoint drops them.
  const WallTime opened_at = wall();
  const SteadyTime opened_at_steady = clock().steady();
  const std::uint64_t lacks_before = lacks_of_space();
  const auto open = [&]() -> Result<VouchedLedger> {
    Result<> ready = hold_folder();
    // What this process itself could not sync stays unknown to the connection that it opens beside.
    if (ready && !ledger_) ready = renewal_.renew(file_);
    if (!ready) return propagate(std::move(ready));
    return open_vouched(file_, opened_at);
  };
  auto opened = open();
  if (!opened && made_room(lacks_before)) opened = open();
  opening_since_ = SteadyTime::max();
  if (!opened) {
    open_again_at_ = std::chrono::steady_clock::now() + open_pause_;
    open_pause_ = std::min(open_pause_ * 2, open_pause_max);
    note_tried(opened.error().message);
    // Whatever has to be repaired: the one who has the cart comes back, and may find it repaired.
    return failure(Remedy::retry, std::move(opened.error().message));
  }
  const bool first = !ledger_;
  if (!first) opened->ledger.take_place_of(*ledger_);
  ledger_ = std::move(opened->ledger);
  witness_ = std::move(opened->witness);
  witnessed_ = ledger_->mark();
  witness_synced_at_ = std::chrono::steady_clock::now();
  note_witness(std::move(opened->trouble));
  if (!opened->damage.empty()) note_damage(std::move(opened->damage));
  must_reopen_ = false;
  if (first) {
    behind_ms_ = opened->clock_behind.count();
    lead_ms_ = std::chrono::floor<milliseconds>(opened_at.time_since_epoch() -
                                                opened_at_steady.time_since_epoch())
                   .count();
  }
  opened_ = true;
  if (first) note_tried("");  // after a failed commit, the next one is to show that it is over
  return {};
}

/// After a commit has returned, never before: see find_gap().
void LedgerThread::attest() {
  if (ledger_->mark() == witnessed_ && witness_) return;
  const SteadyTime now = std::chrono::steady_clock::now();
  if (!witness_ && now < witness_synced_at_ + witness_sync_interval) return;
  const Result<> written = write_witness();
  if (!written) {
    witness_.reset();
    witness_synced_at_ = now;
  }
  note_witness(written ? "" : written.error().message);
}

Result<> LedgerThread::write_witness() {
  if (!witness_) {
    auto made = Witness::open(Witness::beside(file_), ledger_->mark(), wall());
    if (!made) return propagate(std::move(made));
    witness_ = std::move(*made);
  } else if (Result<> written = witness_->write(ledger_->mark(), wall()); !written) {
    return written;
  }
  witnessed_ = ledger_->mark();
  return ledger_->charge_intended() ? witness_->sync() : Result<>{};
}

void LedgerThread::sync_witness() {
  if (!witness_ || witness_->is_synced()) return;
  const SteadyTime now = std::chrono::steady_clock::now();
  if (now < witness_synced_at_ + witness_sync_interval) return;
  witness_synced_at_ = now;
  if (const Result<> synced = witness_->sync(); !synced) note_witness(synced.error().message);
}

/// Nothing of it is kept: the transaction is rolled back.
void LedgerThread::try_carts() {
  const SteadyTime now = std::chrono::steady_clock::now();
  if (!ledger_ || must_reopen_ || now < try_carts_at_) return;
  try_carts_at_ = now + cart_trial_interval;
  std::string refused;
  for (int i = 0; i < carts_in_a_trial; ++i) {
    const Result<> taken = try_cart();
    refused = taken ? "" : taken.error().message;
    if (taken) break;
    if (taken.error().remedy == Remedy::repair) continue;
    // It says nothing of damage. As with any other work that the disk did not take.
    must_reopen_ = true;
    note(std::move(refused));
    return;
  }
  suspects_carts_ = !refused.empty();
  const MutexLock lock(mutex_);
  carts_refused_ = std::move(refused);
}

/// In a transaction of its own, for some failures end it.
Result<> LedgerThread::try_cart() {
  const NewCart cart = trial_cart(++carts_tried_, options_.carts_are_settled, wall());
  Result<> done = ledger_->begin();
  if (done) {
    auto receipt = ledger_->append(cart);
    if (!receipt) done = propagate(std::move(receipt));
  }
  ledger_->rollback();
  return done;
}

const Clock& LedgerThread::clock() const {
  static const SystemClock machine;
  return options_.clock != nullptr ? *options_.clock : machine;
}

void LedgerThread::note_tried(std::string trouble) {
  {
    const MutexLock lock(mutex_);
    was_tried_ = true;
    trouble_ = std::move(trouble);
  }
  tried_.notify_all();
}

Result<> LedgerThread::run_all(Batch batch) {
  if (batch.empty()) return ledger_->probe();
  for (std::size_t i = 0; i < batch.size(); ++i) {
    bool damaged = false;
    Result<> alive = run_one(*batch[i], damaged);
    if (damaged) damaged_ = i;
    if (!alive || damaged) return alive;
  }
  return {};
}

Result<> LedgerThread::run_one(Job& job, bool& damaged) {
  const Error* failed = nullptr;
  const std::uint64_t lacks_before = lacks_of_space();
  Result<> alive = ledger_->attempt([&] {
    failed = job.run(*ledger_);
    return failed == nullptr;
  });
  if (failed != nullptr && failed->remedy == Remedy::retry) failed_work_ = *failed;
  damaged = failed != nullptr && failed->remedy == Remedy::repair;
  if (damaged) {
    note_damage(failed->message);
    suspects_carts_ = true;
  }
  // Its batch is done once more with the reserve, rather than this one be refused.
  const bool for_space = failed != nullptr && lacks_of_space() != lacks_before;
  const bool may_repeat = for_space && options_.space != nullptr && options_.space->holds_reserve();
  if (failed != nullptr && (!alive || may_repeat)) return std::unexpected(*failed);
  return alive;
}

void LedgerThread::note_damage(std::string what) {
  const MutexLock lock(mutex_);
  damage_ = std::move(what);
}

void LedgerThread::note_witness(std::string trouble) {
  const MutexLock lock(mutex_);
  witness_trouble_ = std::move(trouble);
}

void LedgerThread::note(std::string trouble) {
  const MutexLock lock(mutex_);
  trouble_ = std::move(trouble);
}

}  // namespace gatehouse::store
