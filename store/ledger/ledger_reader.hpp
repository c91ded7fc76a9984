#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "store/ledger/ledger_counts.hpp"
#include "store/ledger/questions/question_reader.hpp"
#include "store/ledger/records/delivery.hpp"
#include "store/ledger/records/refused_cart.hpp"
#include "store/ledger/records/settlement.hpp"
#include "store/ledger/records/trip.hpp"
#include "store/values/result.hpp"

namespace gatehouse::store {

/// Reads ledger.db beside the writer, over a read-only connection of its own, and never blocks it.
/// Not thread-safe: each thread opens its own.
class LedgerReader {
 public:
  /// The file must have been opened by a Ledger before, which makes and migrates it.
  [[nodiscard]] static Result<LedgerReader> open(const std::filesystem::path& file);
  /// Reads nothing yet: for who begins before there is a ledger, and assigns an opened one later.
  /// Until then is_open() alone may be called.
  LedgerReader() noexcept;
  [[nodiscard]] bool is_open() const noexcept { return state_ != nullptr; }
  ~LedgerReader();
  LedgerReader(LedgerReader&&) noexcept;
  LedgerReader& operator=(LedgerReader&&) noexcept;

  enum class Order { oldest_first, newest_first };

  /// Pending deliveries whose time has come, ordered by that time. A next attempt further away than
  /// `wait_max` counts as due: the wall clock has jumped, and nothing may be stuck behind that. A
  /// payment record is not due while an earlier delivery of its trip in its lane is pending (order
  /// within a trip). Read from an index alone, at a cost that does not grow with what waits.
  [[nodiscard]] Result<std::vector<DueDelivery>> due_deliveries(Lane lane, WallTime now,
                                                                milliseconds wait_max, Order order,
                                                                std::size_t limit);
  /// A due one with its payload. Remedy::repair: it cannot be read, or its payload is not what was
  /// recorded; the others can be read all the same. Remedy::reject: it is pending no more.
  [[nodiscard]] Result<Delivery> delivery(const DueDelivery& due);
  /// Deliveries that were refused since then and are still set aside, the last ones first, without
  /// those after which one of their kind was delivered. (That is seen of the newest records alone.)
  [[nodiscard]] Result<std::vector<RefusedDelivery>> refused_since(WallTime since,
                                                                   std::size_t limit);
  /// nullopt: there is no such delivery.
  [[nodiscard]] Result<std::optional<DeliveryPlace>> place(std::int64_t delivery_id);
  /// Its bytes, whatever its state; '' where there is no such delivery. Remedy::repair, here and
  /// below, and why: they are damaged.
  [[nodiscard]] Result<std::string> bytes_of_delivery(std::int64_t delivery_id);
  [[nodiscard]] Result<> check(std::int64_t delivery_id);

  /// Trips whose settlement is `_sent`: Ledger::recover_settlement() at a start.
  [[nodiscard]] Result<std::vector<std::int64_t>> sent_settlements();
  /// Settlements in a `_due` state whose time has come (as above), whichever has waited longest
  /// first; where they have waited alike, the trip that began first: its charge deadline is the
  /// nearest. One that cannot be read is passed over, here and in the two below, and damage() says
  /// so.
  [[nodiscard]] Result<std::vector<Settlement>> due_settlements(WallTime now, milliseconds wait_max,
                                                                std::size_t limit);
  /// The same from the other end: whichever has come due last first, and nothing that a jump of
  /// the wall clock has left.
  [[nodiscard]] Result<std::vector<Settlement>> newest_due_settlements(WallTime now,
                                                                       milliseconds wait_max,
                                                                       std::size_t limit);

  /// Captures in doubt, held ones too, whose transactional data is to be asked for (times as
  /// above), whichever has waited longest first.
  [[nodiscard]] Result<std::vector<Settlement>> due_looks(WallTime now, milliseconds wait_max,
                                                          std::size_t limit);

  /// Trips whose charge is withheld, in the order of their sequences, after `after_trip_sequence`.
  [[nodiscard]] Result<std::vector<std::int64_t>> withheld_trips(std::int64_t after_trip_sequence,
                                                                 std::size_t limit);
  /// One of them that would be charged if it were not withheld: it has a price, and no capture of
  /// it may have left. nullopt: it is no such.
  [[nodiscard]] Result<std::optional<Settlement>> withheld_charge(std::int64_t trip_sequence);
  /// One charge; nullopt: this trip is not settled here. Remedy::repair: it cannot be read.
  [[nodiscard]] Result<std::optional<Settlement>> settlement(std::int64_t trip_sequence);
  /// What waits for a person, and what a person decided.
  [[nodiscard]] QuestionReader& questions();

  /// When the next pending delivery, settlement or look comes due; nullopt: nothing waits for a
  /// time (a payment record behind its pending cart waits for that).
  [[nodiscard]] Result<std::optional<WallTime>> next_delivery_due(Lane lane);
  [[nodiscard]] Result<std::optional<WallTime>> next_settlement_due();
  [[nodiscard]] Result<std::optional<WallTime>> next_look_due();

  /// The newest time that others agreed with; nullopt: none was confirmed yet.
  [[nodiscard]] Result<std::optional<WallTime>> confirmed_time();

  /// A reconciliationId was shown for a trip before this ledger had ever sent a capture of it, and
  /// no person has said yet that it is a sign of a capture all the same.
  [[nodiscard]] Result<bool> evidence_unsound();

  /// What Amazon sent as the cart of a trip, byte for byte; '' where there is no such trip.
  /// Remedy::repair, here and below: it is not what was recorded, and must not be used.
  [[nodiscard]] Result<std::string> cart(std::int64_t trip_sequence);
  /// The cart for Amazon's checkout service, '' where there is none.
  [[nodiscard]] Result<std::string> checkout_cart(std::int64_t trip_sequence);

  [[nodiscard]] Result<std::optional<TripView>> trip(std::string_view trip_id);

  /// A page of deliveries, by id, after `after_id`, without payloads; all states if none is given.
  [[nodiscard]] Result<std::vector<Delivery>> deliveries(std::optional<DeliveryState> state,
                                                         std::int64_t after_id, std::size_t limit);

  /// A page of the carts that were answered 400, by id, after `after_id`, without their bytes.
  [[nodiscard]] Result<std::vector<RefusedCart>> refused_carts(std::int64_t after_id,
                                                               std::size_t limit);
  [[nodiscard]] Result<std::optional<RefusedCart>> refused_cart(std::int64_t id);
  /// As it was kept; '' where there is no such cart. Remedy::repair: it is not what was kept.
  [[nodiscard]] Result<std::string> bytes_of_refused(std::int64_t id);

  /// A page of the settlements in one state, the trip that began first first. It goes on after that
  /// of `after_trip_sequence`, which may be in another state by now; 0: from the beginning.
  [[nodiscard]] Result<std::vector<Settlement>> settlements(SettlementState state,
                                                            std::int64_t after_trip_sequence,
                                                            std::size_t limit);

  /// Goes through the indexes of every trip: some tens of milliseconds a million trips; and through
  /// the rows of those that wait for a price: as much a hundred thousand, and a few times that
  /// where each has one of no use. So not on the gate thread.
  [[nodiscard]] Result<LedgerCounts> counts(WallTime recent_since = {});

  /// The last that a read above found in the file that only a person can mend; '' while all is
  /// well.
  [[nodiscard]] const std::string& damage() const;
  /// What all the reads so far cost: see sqlite::Database::steps().
  [[nodiscard]] std::int64_t steps() const;

 private:
  struct State;
  explicit LedgerReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gatehouse::store
