#include "store/ledger/salvage/new_ledger_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "store/sql/ledger_migrations.hpp"
#include "store/sqlite/migrations.hpp"
#include "store/sqlite/walk_sql.hpp"
#include "store/values/descriptor.hpp"
#include "store/values/durable_file.hpp"

namespace gatehouse::store {
namespace {

constexpr std::int64_t rows_in_a_transaction = 10'000;

}  // namespace

Result<NewLedgerFile> NewLedgerFile::make(const std::filesystem::path& file, std::int64_t schema) {
  NewLedgerFile made(file, file.string() + ".unfinished");
  for (const auto* each : {&made.file_, &made.unfinished_}) {
    if (!std::filesystem::exists(std::filesystem::symlink_status(*each))) continue;
    const std::string name = each->string();
    made.unfinished_.clear();  // not ours
    return failure(Remedy::repair, name + " is there already, and stays as it is");
  }
  auto database = sqlite::Database::open(made.unfinished_, sqlite::Access::create);
  if (!database) return propagate(std::move(database));
  made.database_.emplace(std::move(*database));
  const sqlite::Migrations all = sql::ledger_migrations;
  Result<> ready = made.database_->use_write_ahead_log();
  // Deleted where it does not come to its end: nothing has to be synced before that.
  if (ready) ready = made.database_->execute("PRAGMA synchronous = OFF");
  if (ready) {
    ready = sqlite::migrate(*made.database_, all.first(static_cast<std::size_t>(schema)));
  }
  if (!ready) return propagate(std::move(ready));
  return made;
}

NewLedgerFile::NewLedgerFile(NewLedgerFile&& other) noexcept
    : file_(std::move(other.file_)),
      unfinished_(std::exchange(other.unfinished_, {})),
      database_(std::move(other.database_)),
      inserts_(std::move(other.inserts_)),
      waiting_(other.waiting_) {}

NewLedgerFile::~NewLedgerFile() {
  close();
  if (unfinished_.empty()) return;
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::error_code ignored;  // there may be none
    std::filesystem::remove(unfinished_.string() + suffix, ignored);
  }
}

Result<std::optional<std::string>> NewLedgerFile::insert(const sqlite::TableShape& table,
                                                         const sqlite::StoredValues& values) {
  if (waiting_ == 0) {
    if (Result<> begun = database_->execute("BEGIN"); !begun) return propagate(std::move(begun));
  }
  ++waiting_;
  auto& insert = inserts_.try_emplace(table.name, database_->handle(), sqlite::insert_into(table))
                     .first->second;
  std::optional<std::string> refused;
  {
    sqlite::Rows rows = insert.query_with(values);
    auto done = rows.next();
    if (!done && done.error().remedy == Remedy::retry) return propagate(std::move(done));
    if (!done) refused = std::move(done.error().message);
  }
  if (waiting_ < rows_in_a_transaction) return refused;
  if (Result<> committed = commit(); !committed) return propagate(std::move(committed));
  return refused;
}

Result<> NewLedgerFile::commit() {
  if (std::exchange(waiting_, 0) == 0) return {};
  return database_->execute("COMMIT");
}

void NewLedgerFile::close() {
  inserts_.clear();
  database_.reset();
}

Result<> NewLedgerFile::finish() {
  {
    // Who only read it has left a log behind.
    auto last = sqlite::Database::open(unfinished_, sqlite::Access::create);
    if (!last) return propagate(std::move(last));
    Result<> emptied = last->use_write_ahead_log();
    if (emptied) emptied = last->checkpoint();
    if (!emptied) return emptied;
  }
  // The last one to close it has deleted its log: what is renamed is all of it.
  for (const char* suffix : {"-wal", "-shm"}) {
    if (!std::filesystem::exists(unfinished_.string() + suffix)) continue;
    return failure(Remedy::retry, unfinished_.string() + " is in use by another program");
  }
  const Descriptor written(::open(unfinished_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!written.opened() || ::fsync(written.number()) != 0) {
    const int reason = errno;
    return failure(Remedy::retry, unfinished_.string() + ": " + std::strerror(reason));
  }
  std::error_code failed;
  std::filesystem::permissions(
      unfinished_, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write,
      failed);
  if (!failed) std::filesystem::rename(unfinished_, file_, failed);
  if (failed) return failure(Remedy::retry, unfinished_.string() + ": " + failed.message());
  unfinished_.clear();
  return sync_folder(file_.has_parent_path() ? file_.parent_path() : ".");
}

}  // namespace gatehouse::store
