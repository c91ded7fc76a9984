#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "store/ledger/ledger_counts.hpp"
#include "sync/delivery/ledger_port.hpp"
#include "sync/transport/transport.hpp"
#include "tests/sync/simulation/box.hpp"
#include "tests/sync/simulation/schedule.hpp"

namespace gatehouse::sync::model {

/// A fault of the box's own, played between it and the world: what it would do if its table were
/// wrong. Nothing of it is in the product.
struct Planted {
  using Through = std::function<std::unique_ptr<Transport>(Transport& wire, const Clock& box)>;
  Through transport{};
  std::function<std::unique_ptr<LedgerPort>(LedgerPort&, simulation::Schedule&)> port{};
  milliseconds witness_late{0};
  std::function<void(simulation::BoxOptions&)> options{};
  std::function<void(store::LedgerCounts&)> counted{};
  /// Done to what a box finds where its ledger was, after an accident or as a copy, before it opens
  /// it.
  std::function<void(const std::filesystem::path& ledger_file)> found_ledger{};
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

/// The desk is told of a charge that waits for it after half an hour.
[[nodiscard]] Planted desk_told_late();
/// Amazon is asked about what a lost history did, where only a person's word is to count.
[[nodiscard]] Planted lost_history_asked_about();
/// What is held, and what is unclear, is not counted for the warnings.
[[nodiscard]] Planted held_without_a_warning();
/// A price is charged whatever the store's limits say.
[[nodiscard]] Planted limits_not_looked_at();
/// A part that was approved is taken for the whole.
[[nodiscard]] Planted part_taken_for_the_whole();
/// A word of the desk counts for captures that it knew nothing of.
[[nodiscard]] Planted word_taken_for_the_newest();
/// The same of one that names no revision.
[[nodiscard]] Planted word_about_nothing_believed();
/// What transactional data shows before a capture is not looked at.
[[nodiscard]] Planted evidence_not_measured();
/// "It was settled elsewhere" is taken for the contrary.
[[nodiscard]] Planted elsewhere_denied();
/// A refund leaves that is not on disk.
[[nodiscard]] Planted refund_that_nobody_wrote_down();
/// A refund leaves with another amount than the one on disk.
[[nodiscard]] Planted refund_of_another_amount();
/// A checkout without a clear answer is made again with another cart.
[[nodiscard]] Planted another_cart_checked_out();
/// While one record is not taken, no other is sent.
[[nodiscard]] Planted record_that_blocks_all();

/// A copied ledger takes itself for the original.
[[nodiscard]] Planted copy_taken_for_the_original();
/// A ledger that lacks history goes on in the era that it had.
[[nodiscard]] Planted gap_without_an_era();
/// A copy charges what a price names its original for, if it is not withheld.
[[nodiscard]] Planted originals_price_charged();
/// A ledger that was made where nothing was left charges what began before it was made.
[[nodiscard]] Planted new_ledger_that_withholds_nothing();

/// A refund that a person says was not made counts no longer at once, while it may be on its way.
[[nodiscard]] Planted withdrawn_refund_that_is_free_at_once();

}  // namespace gatehouse::sync::model
