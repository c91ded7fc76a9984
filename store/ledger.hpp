#pragma once

#include <filesystem>
#include <functional>
#include <span>

#include "store/ledger_records.hpp"
#include "store/result.hpp"
#include "store/sqlite/database.hpp"

namespace gatehouse::store {

/// The only writer of ledger.db. WAL, synchronous FULL: once commit() has returned success,
/// everything written since begin() is on disk and survives a power cut.
///
/// Not thread-safe: one thread owns it (LedgerWriter's). Every call between begin() and commit() is
/// atomic by itself: when it fails, none of its own writes are left in the transaction.
class Ledger {
 public:
  /// Opens or creates the file, migrates it, and then checkpoints the whole WAL into it with fsync.
  /// The checkpoint is a rule, not a tidy-up: after a failed fsync the page cache may show frames
  /// that the disk does not have; copying them through a new fsync makes what we read true again.
  /// A newer schema or a damaged file is refused (Remedy::repair); the file is never recreated.
  [[nodiscard]] static Result<Ledger> open(const std::filesystem::path& file);

  [[nodiscard]] Result<> begin();
  /// On failure the transaction is rolled back and nothing since begin() was kept.
  [[nodiscard]] Result<> commit();
  void rollback() noexcept;

  /// Records a cart, its delivery and (where asked for) its settlement. A trip that is there
  /// already is left as it stands and reported in the receipt (connectors.md 2.4).
  [[nodiscard]] Result<CartReceipt> append(const NewCart& cart);

  /// Writes down how an attempt ended. `charge` prices the trip as price() does.
  [[nodiscard]] Result<> record(const DeliveryAttempt& attempt);

  /// Moves a settlement. Remedy::reject when the state on disk is not `change.from`.
  [[nodiscard]] Result<> change(const SettlementChange& change);

  /// The price of a trip came. While the trip is awaiting_price this moves it to adjust_due
  /// (a zero amount to cancel_due: there is nothing to charge, and a capture of 0 is a 400).
  [[nodiscard]] Result<PriceOutcome> price(std::string_view trip_id, const Money& amount,
                                           WallTime at);

  /// An operator asks for a set-aside or waiting delivery to be sent now. False: no such delivery,
  /// or it was delivered already.
  [[nodiscard]] Result<bool> retry(std::int64_t delivery_id, WallTime at);

  /// After a start: a call that was `_sent` has an unknown outcome. Moves every adjust_sent to
  /// adjust_due, cancel_sent to cancel_due (both safe to repeat: inference, services.md 9.1) and
  /// capture_sent to capture_unknown. Gives the number moved.
  [[nodiscard]] Result<std::int64_t> recover_settlements(WallTime at);

 private:
  explicit Ledger(sqlite::Database database);
  sqlite::Database database_;
};

}  // namespace gatehouse::store
