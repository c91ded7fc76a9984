#include "store/sqlite/migrations.hpp"

#include <fmt/format.h>

#include "store/sqlite/transaction.hpp"

namespace gatehouse::store::sqlite {
namespace {

Result<std::int64_t> schema_version(Database& database) {
  return database.integer("PRAGMA user_version");
}

std::unexpected<Error> too_new(std::int64_t version, std::int64_t known) {
  return failure(Remedy::repair,
                 fmt::format("its schema is number {}, and this version knows up to number {}: "
                             "install the version of gatehouse that wrote it, or a newer one",
                             version, known));
}

Result<> apply(Database& database, TransactionStatements& statements, std::string_view sql,
               std::int64_t number) {
  auto transaction = Transaction::begin(database, statements, Transaction::Kind::write);
  if (!transaction) return propagate(std::move(transaction));
  const std::string script = fmt::format("{}\n; PRAGMA user_version = {}", sql, number);
  if (Result<> applied = database.execute(script); !applied) return applied;
  return transaction->commit();
}

}  // namespace

Result<> refuse_newer(Database& database, Migrations migrations) {
  auto version = schema_version(database);
  if (!version) return propagate(std::move(version));
  const auto known = static_cast<std::int64_t>(migrations.size());
  if (*version > known) return too_new(*version, known);
  return {};
}

Result<> migrate(Database& database, Migrations migrations, LogAfter log) {
  if (Result<> newer = refuse_newer(database, migrations); !newer) return newer;
  auto version = schema_version(database);
  if (!version) return propagate(std::move(version));
  TransactionStatements statements(database);
  for (auto done = static_cast<std::size_t>(*version); done < migrations.size(); ++done) {
    const auto number = static_cast<std::int64_t>(done + 1);
    Result<> applied = apply(database, statements, migrations[done], number);
    if (!applied) return propagate(std::move(applied), fmt::format("migration {}", number));
  }
  // Even where nothing was missing: a kill may have come between a migration and its checkpoint.
  const auto in_file = database.schema_in_file();
  const bool is_written = in_file && *in_file == std::ssize(migrations);
  Result<> written =
      log == LogAfter::copied && is_written ? database.copy_log() : database.checkpoint();
  if (!written) return propagate(std::move(written), "writing the schema's number into the file");
  return {};
}

Result<> require_current(Database& database, Migrations migrations) {
  if (Result<> newer = refuse_newer(database, migrations); !newer) return newer;
  auto version = schema_version(database);
  if (!version) return propagate(std::move(version));
  const auto known = static_cast<std::int64_t>(migrations.size());
  if (*version == known) return {};
  return failure(Remedy::repair,
                 fmt::format("its schema is number {} where {} is needed: start gatehoused, which "
                             "brings it up to date",
                             *version, known));
}

}  // namespace gatehouse::store::sqlite
