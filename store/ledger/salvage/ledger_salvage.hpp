#pragma once

#include <filesystem>
#include <string>

#include "store/ledger/salvage/mender.hpp"
#include "store/ledger/salvage/salvage_report.hpp"
#include "store/values/result.hpp"
#include "store/values/time.hpp"

namespace gatehouse::store {

struct SalvageOptions {
  std::filesystem::path work_folder;  ///< for the private copy; it is emptied again
  std::filesystem::path new_file;     ///< must not be there
  WallTime now;
  std::string store_id;      ///< of the box: of trips whose own store is lost
  PurchaseIdOf purchase_id;  ///< gate::purchase_id_of
};

/// Makes a new ledger of what can be read of a damaged one, which is only read, together with its
/// -wal and the witness beside it. Nobody may have it open: its daemon is stopped.
///
/// The new one is of the same id and of a new era, and has a gap in its history (GapKind::behind):
/// every charge that had not ended is withheld until a person accepts that, and so is that of any
/// trip from before whose cart comes again. So a charge that was made in what is lost is not made a
/// second time by itself. It still says in which file the damaged one was: whoever puts it in the
/// place of that has a copy, which the next opening finds and puts on record as well
/// (vouched_ledger.hpp), whatever the damaged one did in between.
///
/// Remedy::repair: nothing can be made of it, or `new_file` is there; Remedy::retry: a disk failed,
/// is full, or the file changes. On failure there is no new file.
[[nodiscard]] Result<SalvageReport> salvage_ledger(const std::filesystem::path& file,
                                                   SalvageOptions options);

}  // namespace gatehouse::store
