#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/ledger/ledger_reader.hpp"
#include "sync/amazon/doubt.hpp"
#include "sync/amazon/jwo_options.hpp"
#include "sync/amazon/payments.hpp"
#include "sync/amazon/settlement.hpp"
#include "sync/credentials/keys.hpp"
#include "sync/delivery/destination_status.hpp"
#include "sync/delivery/probe.hpp"
#include "sync/delivery/quarantine.hpp"
#include "sync/delivery/sender.hpp"
#include "sync/delivery/surroundings.hpp"
#include "sync/transport/transport.hpp"

namespace gatehouse::sync {

/// Settles the charges of card-entry trips with Amazon's payment or checkout service: carries out
/// the table of settlement.hpp. The intent of a call is on disk before the call leaves, its outcome
/// right after it came; one call is in flight per trip, and no trip waits for another.
///
/// One step of a trip: choose, record_step with the intent, on_recorded, call, send, on_reply,
/// record_step with the outcome, on_recorded. Before the intent of a capture, look_before_capture.
///
/// What is `_sent` must have been recovered (store::Ledger::recover_settlement) before the first
/// turn. Not thread-safe: the sync thread owns it.
class Settler {
 public:
  Settler(std::string store_id, JwoOptions options, AwsCredentials credentials,
          const Surroundings& surroundings);
  /// Forgets the calls in flight: their trips are `_sent` on disk, which the next start resolves.
  ~Settler();
  Settler(const Settler&) = delete;
  Settler& operator=(const Settler&) = delete;

  /// Starts what is due, as far as limits and breaker allow. To be called after each wake and each
  /// reply, and no later than the time it gives.
  SteadyTime turn();

  /// `open` is false, and `last_error` says what to set, while credentials are missing.
  [[nodiscard]] DestinationStatus status() const;
  /// Trips with a call or an unwritten outcome.
  [[nodiscard]] std::size_t in_flight() const { return busy_.size(); }
  /// Trips whose steps cannot be written down, because the ledger is damaged there.
  [[nodiscard]] const Quarantine& quarantine() const { return sender_.quarantine(); }
  /// No call is started any more; those in flight end and are written down. turn() goes on to be
  /// needed until in_flight() is 0.
  void stop() { sender_.stop(); }
  /// False: the clock may be wrong, and no wait ends by it.
  void trust_clock(bool trusted) { clock_trusted_ = trusted; }
  /// For the calls that start from now on.
  void reload(JwoOptions options, AwsCredentials credentials);

 private:
  /// A trip between the moment it was chosen and the moment its last outcome is on disk.
  struct Trip {
    store::Settlement settlement;
    std::uint64_t request = 0;  ///< 0: no call in flight
    Wait wait{};
    /// Transactional data that came, while the shopper's e-mail is asked for: no state of the
    /// table, for nothing of it is written down. After a stop meanwhile both are asked for again.
    std::optional<std::string> details{};
  };

  [[nodiscard]] std::string what_is_missing() const;
  [[nodiscard]] std::size_t slots() const;
  [[nodiscard]] SteadyTime start_due();
  [[nodiscard]] bool is_out(std::int64_t trip) const;
  /// What was begun, of so many as were wanted, and when there may be more.
  struct Started {
    std::size_t begun = 0;
    SteadyTime wake = SteadyTime::max();
  };
  [[nodiscard]] Started start_charges(std::size_t wanted);
  /// Up to so many that are due, and while the breaker is open from both ends.
  [[nodiscard]] Result<std::vector<store::Settlement>> due_charges(std::size_t limit);
  /// Leaves the one of them that is the probe now, or none.
  void keep_probe(std::vector<store::Settlement>& due);
  [[nodiscard]] Started start_looks(std::size_t wanted);
  [[nodiscard]] std::size_t look_slots() const;
  [[nodiscard]] Started ledger_failed(const Error& error);
  void choose(store::Settlement settlement);
  void call(std::int64_t trip);
  void send(std::int64_t trip, Call call, std::string subject);
  /// The call could not be made.
  void cut_off(std::int64_t trip, const Error& error);
  void on_reply(std::int64_t trip, Call call, const Reply& reply);
  /// What an adjust was answered, for the amounts of this charge and its next call. Gives the delay
  /// of that: `delay`, unless it was PENDING.
  [[nodiscard]] milliseconds take_decision(store::Settlement& settlement, PaymentAnswer& answer,
                                           milliseconds delay) const;
  /// The shopper that a captured trip's e-mail can be asked for by; '' : there is none.
  [[nodiscard]] std::string shopper_of(std::int64_t trip);
  void on_shopper_reply(std::int64_t trip, PaymentAnswer answer, const Reply& reply);
  /// Makes the refusal Amazon's state where it refuses one trip after the other (refusal_run.hpp),
  /// and what was held for such a refusal before is due again.
  void doubt_refusal(const store::Settlement& settlement, Call call, const Reply& reply,
                     PaymentAnswer& answer);
  void take_back_refused();
  [[nodiscard]] milliseconds settle_destination(const store::Settlement& settlement,
                                                const PaymentAnswer& answer, const Reply& reply);
  [[nodiscard]] Event final_event(std::int64_t trip, const PaymentAnswer& answer);
  /// Asks for transactional data before the capture that is due, and goes on with whatever comes,
  /// or does not come within look_before_timeout: the breaker knows nothing of this question. What
  /// came goes to disk with the intent of the capture. After a stop meanwhile the capture is due as
  /// before.
  void look_before_capture(std::int64_t trip);
  void on_look_before(std::int64_t trip, const Reply& reply);
  /// Whether a reconciliationId counts at all: configured so, and found sound so far.
  [[nodiscard]] bool evidence_decides();
  /// Of a look at a charge in doubt that was answered.
  [[nodiscard]] Event seen_in_doubt(const store::Settlement& settlement,
                                    const PaymentAnswer& answer);
  /// Of one that shows no capture.
  [[nodiscard]] Event clear_look(const store::Settlement& settlement) const;
  struct Move {
    Event event = Event::started;
    std::string reason{};
    std::string details{};
    std::string shopper_email{};
    milliseconds delay{0};
    LookBefore look_before{};
    bool no_attempt = false;  ///< PaymentAnswer::no_attempt
  };
  /// For how long the trip is left alone after this step.
  [[nodiscard]] milliseconds delay_after(const store::Settlement& settlement, const Step& step,
                                         const Move& move) const;
  /// The same by the steady clock, where it is PENDING from now on. `at`: when the step is
  /// recorded.
  void note_pending(std::int64_t trip, const Move& move, WallTime at, milliseconds delay);
  /// Until when that keeps this charge waiting; nullopt: it does not, or no longer.
  [[nodiscard]] std::optional<SteadyTime> pending_until(const store::Settlement& settlement);
  /// The same by the steady clock, where it is in doubt from now on.
  void note_doubt(const store::Settlement& settlement, const Step& step, milliseconds delay);
  void record_step(std::int64_t trip, const Move& move);
  void on_recorded(const store::SettlementChange& change, const Result<>& result);

  std::string store_id_;
  JwoOptions options_;
  AwsCredentials credentials_;
  store::LedgerReader& reader_;
  Transport& transport_;
  const Clock& clock_;
  Chance chance_;
  Sender sender_;                                ///< keeps out by trip_sequence
  std::unordered_map<std::int64_t, Trip> busy_;  ///< by trip_sequence
  /// Answers UnknownShoppingTrip so far, for trips that had some. A restart counts anew.
  std::unordered_map<std::int64_t, int> unknown_trip_answers_;
  /// Trips that are held for a refusal that was not their own.
  struct TakeBack {
    std::int64_t trip = 0;
    std::string trip_id;
    store::SettlementState due;
    std::string reason;  ///< what it is held for
  };
  void take_back(const TakeBack& refused);
  std::vector<TakeBack> to_take_back_;
  /// What a wall clock that is set must not cut short.
  struct Doubt {
    SteadyTime captured_at;  ///< when the last capture was answered, or was not
    SteadyTime look_at;      ///< not before
  };
  [[nodiscard]] Doubt doubt_of(std::int64_t trip) const;
  std::unordered_map<std::int64_t, Doubt> doubts_;  ///< of charges that this process had to do with
  /// The same for charges that Amazon has called PENDING, or the ten adjusts of a trip's life would
  /// be used up by a wall clock that leaps. Of the first pending_max of them.
  struct Pending {
    WallTime since;  ///< Settlement::changed_at: a person's word has come since where it differs
    SteadyTime not_before;
  };
  std::unordered_map<std::int64_t, Pending> pending_;
  static constexpr std::size_t pending_max = 1'000;
  ProbeTurn probe_;
  bool clock_trusted_ = true;
  SteadyTime started_at_;  ///< captures of the process before us may have left until then
};

}  // namespace gatehouse::sync
