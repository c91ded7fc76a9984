#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "store/ledger/verify/damaged_place.hpp"
#include "store/values/result.hpp"
#include "store/values/time.hpp"

namespace gatehouse::store {

/// What one step may take. It ends behind the row with which any of them is used up.
struct VerifyBudget {
  std::int64_t rows_max = 0;   ///< rows and entries of indexes
  std::int64_t bytes_max = 0;  ///< of rows
  milliseconds time_max{0};    ///< a few rows more where the disk is slow
};

struct VerifyStep {
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
  std::vector<DamagedPlace> found{};
  bool ended = false;  ///< that was the last of the ledger: the next step begins anew
};

/// Goes through a ledger beside its writer, a step at a time: each row can be read, its bytes are
/// those that were recorded (SHA-256), its numbers stand for something; each index names it, and
/// each entry of an index is of a row that has those keys.
///
/// A step reads in one transaction, and none is open between two steps: the writer's log can be
/// copied, and begun anew, meanwhile. So a walk is of no single moment: what was written behind it
/// is looked at the next time. What looks damaged is read again over a new connection, for a bad
/// read may pass, and only what is so again is told, except of an index that is known to be
/// damaged. Damage costs the rows that it hit: the walk goes on behind them, and leaves the rest of
/// an index alone that cannot be read.
///
/// What the disk does not give is an error first, and damage where it is so when it is asked for
/// again, while the disk gives other parts of the file. Whoever asks decides how much later that
/// is.
///
/// Not thread-safe: one thread at a time. Nothing is written.
class LedgerVerifier {
 public:
  /// The ledger must have been opened by a Ledger, which migrates it. Remedy::retry and
  /// Remedy::repair as LedgerReader::open().
  [[nodiscard]] static Result<LedgerVerifier> open(const std::filesystem::path& file);
  ~LedgerVerifier();
  LedgerVerifier(LedgerVerifier&&) noexcept;
  LedgerVerifier& operator=(LedgerVerifier&&) noexcept;

  /// An error is of the disk, or of another program, and no damage yet: the place stays as it was.
  /// What was read before it is given first, and then the next step begins with the error.
  [[nodiscard]] Result<VerifyStep> step(const VerifyBudget& budget, const Clock& clock);

  /// Gives the connection back, and keeps the place: before a long pause.
  void rest();

 private:
  struct State;
  explicit LedgerVerifier(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gatehouse::store
