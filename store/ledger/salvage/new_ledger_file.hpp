#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "store/sqlite/database.hpp"
#include "store/sqlite/shape.hpp"
#include "store/sqlite/statement.hpp"
#include "store/values/result.hpp"

namespace gatehouse::store {

/// The file into which the rows of a damaged ledger are taken, under a name that no ledger has
/// until it is finished.
class NewLedgerFile {
 public:
  /// Makes it, empty, with the first `schema` migrations. Remedy::repair: `file` or its unfinished
  /// name is there already.
  [[nodiscard]] static Result<NewLedgerFile> make(const std::filesystem::path& file,
                                                  std::int64_t schema);
  /// Deletes what was not finished.
  ~NewLedgerFile();
  NewLedgerFile(NewLedgerFile&& other) noexcept;
  NewLedgerFile& operator=(NewLedgerFile&&) = delete;

  [[nodiscard]] const std::filesystem::path& unfinished() const { return unfinished_; }
  /// nullopt: taken. Else why the tables do not take it: it breaks a rule that they have.
  /// Remedy::retry: the disk does not take it.
  [[nodiscard]] Result<std::optional<std::string>> insert(const sqlite::TableShape& table,
                                                          const sqlite::StoredValues& values);
  /// Ends what inserts have begun: they are in it.
  [[nodiscard]] Result<> commit();
  /// Closes it, so that a Ledger can open it. No insert after that.
  void close();
  /// It has its name from now on, with everything on disk.
  [[nodiscard]] Result<> finish();

 private:
  NewLedgerFile(std::filesystem::path file, std::filesystem::path unfinished)
      : file_(std::move(file)), unfinished_(std::move(unfinished)) {}
  std::filesystem::path file_;
  std::filesystem::path unfinished_;
  std::optional<sqlite::Database> database_;
  std::map<std::string, sqlite::Statement> inserts_;
  std::int64_t waiting_ = 0;  ///< rows in the transaction at hand
};

}  // namespace gatehouse::store
