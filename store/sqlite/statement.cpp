#include "store/sqlite/statement.hpp"

#include "store/sqlite/native.hpp"
#include "store/values/disk_time.hpp"

namespace gatehouse::store::sqlite {

Rows::~Rows() {
  if (statement_ == nullptr) return;
  const DiskCall disk;  // the end of a transaction by itself
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);  // they view memory that may be gone at the next use
}

Result<bool> Rows::next() {
  if (refused_) return std::unexpected(*refused_);
  const DiskCall disk;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return std::unexpected(to_error(sqlite3_db_handle(statement_), code));
}

bool Rows::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Rows::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string_view Rows::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string_view Rows::blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

int Rows::columns() const {
  return statement_ != nullptr ? sqlite3_column_count(statement_) : 0;
}

StoredValue Rows::value(int column) const {
  switch (sqlite3_column_type(statement_, column)) {
    case SQLITE_INTEGER:
      return integer(column);
    case SQLITE_FLOAT:
    case SQLITE_TEXT:
      return string(column);
    case SQLITE_BLOB:
      return StoredBlob{std::string(blob(column))};
    default:
      return std::monostate{};
  }
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

Result<> Statement::prepare() {
  if (statement_) return {};
  const DiskCall disk;  // reads the schema
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(connection_, sql_.data(), static_cast<int>(sql_.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  statement_.reset(statement);
  if (code != SQLITE_OK) return std::unexpected(to_error(connection_, code));
  return {};
}

int Statement::bind(int index, std::nullopt_t) {
  return sqlite3_bind_null(statement_.get(), index);
}

int Statement::bind(int index, std::string_view text) {
  // A null pointer would be bound as NULL, where '' is meant.
  const char* bytes = text.data() != nullptr ? text.data() : "";
  return sqlite3_bind_text64(statement_.get(), index, bytes, text.size(), SQLITE_STATIC,
                             SQLITE_UTF8);
}

int Statement::bind(int index, Blob blob) {
  const char* bytes = blob.bytes.data() != nullptr ? blob.bytes.data() : "";
  return sqlite3_bind_blob64(statement_.get(), index, bytes, blob.bytes.size(), SQLITE_STATIC);
}

int Statement::bind_value(int index, const StoredValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return bind_integer(index, *number);
  if (const auto* text = std::get_if<std::string>(&value)) {
    return bind(index, std::string_view(*text));
  }
  if (const auto* blob = std::get_if<StoredBlob>(&value)) return bind(index, Blob{blob->bytes});
  return bind(index, std::nullopt);
}

Rows Statement::query_with(std::span<const StoredValue> values) {
  if (Result<> prepared = prepare(); !prepared) return {nullptr, std::move(prepared.error())};
  int index = 0;
  for (const StoredValue& value : values) {
    if (const int code = bind_value(++index, value); code != 0) {
      return {statement_.get(), bind_error(code)};
    }
  }
  return {statement_.get(), std::nullopt};
}

int Statement::bind_integer(int index, std::int64_t value) {
  return sqlite3_bind_int64(statement_.get(), index, value);
}

Error Statement::bind_error(int code) const {
  return to_error(connection_, code);
}

}  // namespace gatehouse::store::sqlite
