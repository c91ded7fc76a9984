#include "store/ledger_writer.hpp"

#include <pthread.h>

namespace gatehouse::store {
namespace {

constexpr milliseconds idle_turn{500};

}  // namespace

LedgerWriter::LedgerWriter(Ledger ledger, std::filesystem::path file, LedgerWriterOptions options)
    : file_(std::move(file)),
      options_(options),
      queue_(options.queue_max),
      ledger_(std::move(ledger)),
      thread_([this] { run(); }) {}

LedgerWriter::~LedgerWriter() {
  stop();
}

void LedgerWriter::stop() {
  queue_.close();
  if (thread_.joinable()) thread_.join();
}

std::uint64_t LedgerWriter::turns() const noexcept {
  return turns_.load(std::memory_order_relaxed);
}

std::string LedgerWriter::trouble() const {
  const MutexLock lock(mutex_);
  return trouble_;
}

void LedgerWriter::on_commit(std::move_only_function<void()> listener) {
  listener_ = std::move(listener);
}

void LedgerWriter::run() {
  pthread_setname_np(pthread_self(), "ledger");
  while (!queue_.finished()) {
    const auto batch = queue_.take(options_.batch_max, idle_turn);
    turns_.fetch_add(1, std::memory_order_relaxed);
    if (batch.empty() && trouble().empty()) continue;
    const Result<> written = write(batch);
    const Error* lost = written ? nullptr : &written.error();
    for (const auto& job : batch) job->answer(lost);
    if (lost == nullptr && !batch.empty() && listener_) listener_();
  }
}

Result<> LedgerWriter::write(Batch batch) {
  failed_work_.reset();
  Result<> done = reopen();
  if (done) done = ledger_.begin();
  if (done) done = run_all(batch);
  if (done) done = ledger_.commit();
  if (!done) {
    ledger_.rollback();
    must_reopen_ = true;
    note(done.error().message);
  } else {
    note(failed_work_ ? failed_work_->message : "");
  }
  return done;
}

Result<> LedgerWriter::reopen() {
  if (!must_reopen_) return {};
  // The new one is opened beside the old one. Were the old one closed first, the log would be
  // recovered from its bytes, and a batch that was answered as failed would come back: its frames
  // are there, only their fsync failed. So they stay unknown, and the checkpoint drops them.
  auto opened = Ledger::open(file_);
  if (!opened) {
    // Whatever has to be repaired: the one who has the cart comes back, and may find it repaired.
    return failure(Remedy::retry, std::move(opened.error().message));
  }
  ledger_ = std::move(*opened);
  must_reopen_ = false;
  return {};
}

Result<> LedgerWriter::run_all(Batch batch) {
  if (batch.empty()) return ledger_.probe();
  for (const auto& job : batch) {
    if (Result<> alive = run_one(*job); !alive) return alive;
  }
  return {};
}

Result<> LedgerWriter::run_one(Job& job) {
  const Error* failed = nullptr;
  Result<> alive = ledger_.attempt([&] {
    failed = job.run(ledger_);
    return failed == nullptr;
  });
  if (failed != nullptr && failed->remedy == Remedy::retry) failed_work_ = *failed;
  if (!alive && failed != nullptr) return std::unexpected(*failed);
  return alive;
}

void LedgerWriter::note(std::string trouble) {
  const MutexLock lock(mutex_);
  trouble_ = std::move(trouble);
}

}  // namespace gatehouse::store
