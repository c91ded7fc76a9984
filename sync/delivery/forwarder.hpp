#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/ledger/ledger_reader.hpp"
#include "sync/delivery/delivery_choice.hpp"
#include "sync/delivery/delivery_lane.hpp"
#include "sync/delivery/destination_status.hpp"
#include "sync/delivery/judgement.hpp"
#include "sync/delivery/quarantine.hpp"
#include "sync/delivery/sender.hpp"
#include "sync/delivery/surroundings.hpp"
#include "sync/transport/transport.hpp"

namespace gatehouse::sync {

/// Sends the deliveries of one lane where they belong: at least once each, with the same
/// idempotency key at every attempt, so once in effect. What is due is read from the ledger and how
/// it ended is written there; in memory is only what is in flight. One delivery in flight per trip,
/// live work before backlog, and no record waits for another that fails.
///
/// What an answer means is the lane's to say (cloud_answer.hpp, amazon_lane.hpp). What is refused
/// is set aside with the reason, for an operator to retry; but where one trip after the other is
/// refused (refusal_run.hpp), and for all else, the trouble is the destination's: nothing is set
/// aside, what was for this run is pending again, and the breaker probes until it is over.
///
/// A record whose bytes in the ledger cannot be read, or are not those that were recorded, is set
/// aside and never sent; where that cannot be written either, it is quarantined in memory, until a
/// restart or until a person retries it. Damage to one record, or to one end of an index, holds up
/// nothing else and costs no slot.
///
/// Not thread-safe: the sync thread owns it. What it is given by reference outlives it.
class Forwarder {
 public:
  Forwarder(const DeliveryLane& lane, const Surroundings& surroundings);
  /// Forgets the requests in flight: they are pending on disk and go out again after the next
  /// start.
  ~Forwarder();
  Forwarder(const Forwarder&) = delete;
  Forwarder& operator=(const Forwarder&) = delete;

  /// Starts what is due, as far as limits and breaker allow. To be called after each wake and each
  /// reply, and no later than the time it gives.
  SteadyTime turn();

  [[nodiscard]] DestinationStatus status() const;
  /// Deliveries with a request or an unwritten outcome; never more than `max_in_flight`.
  [[nodiscard]] std::size_t in_flight() const { return busy_.size(); }
  /// Deliveries that damage to the ledger keeps from being sent or written down.
  [[nodiscard]] const Quarantine& quarantine() const { return sender_.quarantine(); }
  /// No request is started any more; those in flight end and are written down. turn() goes on to be
  /// needed until in_flight() is 0.
  void stop() { sender_.stop(); }

 private:
  struct Busy {
    store::DueDelivery due;
    store::Delivery delivery{};
    std::uint64_t request = 0;  ///< 0: answered, and its outcome is on its way to the disk
    Wait wait{};
  };

  [[nodiscard]] SteadyTime start_due();
  /// Once: what the process before has set aside a moment ago may be the beginning of a run of
  /// refusals.
  [[nodiscard]] Result<> remember_refusals();
  [[nodiscard]] Result<std::vector<store::DueDelivery>> due(std::size_t slots);
  [[nodiscard]] bool is_out(const store::DueDelivery& due) const;
  void begin(const store::DueDelivery& due);
  void set_aside(const store::DueDelivery& due, std::string reason);
  void start(const store::DueDelivery& due, store::Delivery delivery);
  void keep_out(const store::DueDelivery& due, SteadyTime until, std::string reason);
  void on_reply(std::int64_t trip, const Reply& reply);
  /// Makes the refusal the destination's state where it refuses whatever comes, and what was set
  /// aside for such a refusal before is pending again.
  void doubt_refusal(const store::Delivery& delivery, const Reply& reply, Judgement& judgement);
  [[nodiscard]] milliseconds settle_destination(const Busy& busy, const Judgement& judgement,
                                                const Reply& reply);
  void on_recorded(std::int64_t trip, const Result<>& result);
  void on_set_aside(std::int64_t trip, const Result<>& result);

  const DeliveryLane& lane_;
  store::LedgerReader& reader_;
  Transport& transport_;
  const Clock& clock_;
  Sender sender_;                                ///< keeps out by delivery
  std::unordered_map<std::int64_t, Busy> busy_;  ///< by trip_sequence
  std::uint64_t started_ = 0;
  ProbeTurn probe_;
  bool remembers_ = false;  ///< what was refused before the start
};

}  // namespace gatehouse::sync
