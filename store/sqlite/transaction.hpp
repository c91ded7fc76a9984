#pragma once

#include <string_view>
#include <type_traits>
#include <utility>

#include "store/sqlite/database.hpp"
#include "store/values/result.hpp"

namespace gatehouse::store::sqlite {

/// The statements that begin and end transactions, prepared once for a connection.
struct TransactionStatements {
  explicit TransactionStatements(const Database& database)
      : begin_read(database.handle(), "BEGIN"),
        begin_write(database.handle(), "BEGIN IMMEDIATE"),
        commit(database.handle(), "COMMIT"),
        rollback(database.handle(), "ROLLBACK"),
        savepoint(database.handle(), "SAVEPOINT step"),
        release(database.handle(), "RELEASE step"),
        rollback_to(database.handle(), "ROLLBACK TO step") {}

  Statement begin_read;
  Statement begin_write;
  Statement commit;
  Statement rollback;
  Statement savepoint;
  Statement release;
  Statement rollback_to;
};

/// A transaction that is rolled back when it goes, unless it was committed.
class Transaction {
 public:
  enum class Kind { read, write };
  [[nodiscard]] static Result<Transaction> begin(const Database& database,
                                                 TransactionStatements& statements, Kind kind);
  ~Transaction();
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;

  /// On failure nothing was kept.
  [[nodiscard]] Result<> commit();

 private:
  Transaction(const Database& database, TransactionStatements& statements)
      : database_(&database), statements_(&statements) {}
  const Database* database_;  ///< null once moved from
  TransactionStatements* statements_;
};

/// A part of a transaction (or one of its own, where there is none) that is undone when it goes,
/// unless it was released. Savepoints nest.
class Savepoint {
 public:
  [[nodiscard]] static Result<Savepoint> begin(TransactionStatements& statements);
  ~Savepoint();
  Savepoint(Savepoint&& other) noexcept;
  Savepoint& operator=(Savepoint&&) = delete;

  /// Keeps what was done since begin().
  [[nodiscard]] Result<> release();
  /// Undoes what was done since begin(). A failure means that the whole transaction is lost.
  [[nodiscard]] Result<> undo();

 private:
  explicit Savepoint(TransactionStatements& statements) : statements_(&statements) {}
  TransactionStatements* statements_;  ///< null once ended or moved from
};

/// What `work` (-> Result<T>) gives, as one piece: where it fails, nothing that it wrote is left,
/// and `what` is the context of its error ("recording a cart").
template <class Work>
[[nodiscard]] auto in_savepoint(TransactionStatements& statements, std::string_view what,
                                const Work& work) -> std::invoke_result_t<const Work&> {
  auto savepoint = Savepoint::begin(statements);
  if (!savepoint) return propagate(std::move(savepoint));
  auto done = work();
  if (!done) return propagate(std::move(done), what);
  if (Result<> kept = savepoint->release(); !kept) return propagate(std::move(kept));
  return done;
}

}  // namespace gatehouse::store::sqlite
