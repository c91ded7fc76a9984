#include "store/ledger/checked_bytes.hpp"

#include <utility>

#include "store/ledger/delivery_key.hpp"
#include "store/values/sha256.hpp"

namespace gatehouse::store {

Result<std::string> checked_bytes(const sqlite::Rows& row, int column) {
  std::string bytes(row.blob(column));
  if (row.is_null(column + 1) || row.blob(column + 1) == sha256(bytes)) return bytes;
  return failure(Remedy::repair,
                 "its bytes in the ledger are not those that were recorded: their SHA-256 differs");
}

}  // namespace gatehouse::store
