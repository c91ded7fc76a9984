#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "store/ledger/ledger.hpp"
#include "store/ledger/ledger_witness.hpp"
#include "store/values/time.hpp"

namespace gatehouse::store {

/// A ledger and the file beside it that says how far it was.
struct VouchedLedger {
  Ledger ledger;
  std::optional<Witness> witness;  ///< none: see trouble. The ledger is as good as with one.
  std::string trouble;             ///< why there is no witness, ''
  /// How far the clock stands below the time of the last write that the witness tells of; 0: it
  /// does not.
  milliseconds clock_behind{0};
  /// What could not be read of the refunds that wait, so that those may not be in doubt; ''.
  std::string damage{};
};

/// Opens the ledger (see Ledger::open) and compares it with its witness. A gap in its history is
/// written into the ledger before it is handed out, with all charges withheld that the lost history
/// may have made already. Where there is no witness it is made, which is how it begins: on a new
/// box, and after the update from a version that had none. A witness that cannot be written is no
/// reason to refuse carts. A refund that waits is in doubt from then on: it may have been under way
/// when the process before ended. Damage to refunds is no reason either.
[[nodiscard]] Result<VouchedLedger> open_vouched(const std::filesystem::path& ledger_file,
                                                 WallTime now);

}  // namespace gatehouse::store
