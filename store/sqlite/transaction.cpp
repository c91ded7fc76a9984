#include "store/sqlite/transaction.hpp"

#include <utility>

namespace gatehouse::store::sqlite {

Result<Transaction> Transaction::begin(const Database& database, TransactionStatements& statements,
                                       Kind kind) {
  Statement& begin = kind == Kind::read ? statements.begin_read : statements.begin_write;
  if (Result<> begun = begin.run(); !begun) return propagate(std::move(begun));
  return Transaction(database, statements);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)), statements_(other.statements_) {}

Transaction::~Transaction() {
  // Also after a failed commit, which SQLite may or may not have rolled back by itself.
  if (database_ != nullptr && database_->in_transaction()) (void)statements_->rollback.run();
}

Result<> Transaction::commit() {
  return statements_->commit.run();
}

Result<Savepoint> Savepoint::begin(TransactionStatements& statements) {
  if (Result<> begun = statements.savepoint.run(); !begun) {
    return propagate(std::move(begun));
  }
  return Savepoint(statements);
}

Savepoint::Savepoint(Savepoint&& other) noexcept
    : statements_(std::exchange(other.statements_, nullptr)) {}

Savepoint::~Savepoint() {
  if (statements_ != nullptr) (void)undo();
}

Result<> Savepoint::release() {
  Result<> released = statements_->release.run();
  if (released) statements_ = nullptr;
  return released;
}

Result<> Savepoint::undo() {
  TransactionStatements* statements = std::exchange(statements_, nullptr);
  if (Result<> undone = statements->rollback_to.run(); !undone) return undone;
  return statements->release.run();  // ROLLBACK TO leaves the savepoint itself open
}

}  // namespace gatehouse::store::sqlite
