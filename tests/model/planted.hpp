#pragma once

#include <functional>
#include <memory>

#include "sync/delivery/ledger_port.hpp"
#include "sync/transport/transport.hpp"
#include "tests/sync/simulation/schedule.hpp"

namespace gatehouse::sync::model {

/// A fault of the box's own, played between it and the world: what it would do if its table were
/// wrong. Nothing of it is in the product.
struct Planted {
  using Through = std::function<std::unique_ptr<Transport>(Transport& wire, const Clock& box)>;
  Through transport{};
  std::function<std::unique_ptr<LedgerPort>(LedgerPort&, simulation::Schedule&)> port{};
  milliseconds witness_late{0};
};

/// A 2xx to a capture is taken for "surely nothing was done".
[[nodiscard]] Planted success_taken_for_failure();
/// A call leaves first, and its intent is written down after it.
[[nodiscard]] Planted intent_after_the_call();
/// The same for the witness alone.
[[nodiscard]] Planted witness_after_the_call();
/// Each payment record of a trip has the key of the first one.
[[nodiscard]] Planted key_without_revision();
/// A look that was not answered is counted as one that showed nothing.
[[nodiscard]] Planted error_taken_for_absence();
/// A price that names another ledger is taken for one that names this one.
[[nodiscard]] Planted another_ledgers_price_charged();
/// A charge ends because the box's own clock says that its time has passed.
[[nodiscard]] Planted wall_clock_in_a_final_state();
/// A capture without a clear answer is reported to Amazon as a debt.
[[nodiscard]] Planted unclear_reported_as_debt();

}  // namespace gatehouse::sync::model
