#pragma once

#include <vector>

#include "daemon/local/facts/facts.hpp"
#include "daemon/local/parts/part.hpp"
#include "daemon/local/warnings/warnings.hpp"

namespace gatehouse::local {

/// What follows from the facts of one moment.
struct Health {
  std::vector<Warning> warnings;  ///< assess()
  Parts parts;
};

/// Each part by what is true of it at this moment, not by what somebody remembered to set:
///
/// * a warning degrades the part that it belongs to (part_table.hpp), and a critical one that ends
///   its function is its failure; a notice does nothing
/// * what hangs on another part does not go on without it: the lanes without the ledger or the keys
///   that they sign with, and all that the sync thread turns without that
/// * a disk that fails or takes no write is not well, however much space it shows
/// * what nobody knows is not well: not_known
///
/// So a failed part comes with a critical warning, but for a disk that keeps carts waiting for 20 s
/// in one call, or did so within the last minute. Pure; `since` is PartWatch's.
[[nodiscard]] Health health_of(const Facts& facts);

}  // namespace gatehouse::local
