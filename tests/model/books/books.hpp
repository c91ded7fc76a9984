#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "store/ledger/records/refund.hpp"
#include "tests/model/call_kind.hpp"
#include "tests/model/plan.hpp"
#include "tests/sync/simulation/box.hpp"

namespace gatehouse::sync::model {

/// A capture whose bytes may have left a box.
struct CaptureCall {
  SteadyTime left_at;
  const simulation::Box* box = nullptr;  ///< that sent it
  std::string amount{};
  std::string ledger{};       ///< that sent it, "ID.ERA"
  std::string intended_at{};  ///< by the box's clock, as its records say it
  /// What the look right before it was told: a reconciliationId, '' : none. nullopt: nothing.
  std::optional<std::string> shown_before{};
  Told told = Told::unclear;  ///< what the box was told of it; nothing yet is unclear
  bool word_not = false;      ///< a person said afterwards that it charged nothing
  [[nodiscard]] bool may_have_charged() const { return told != Told::nothing; }
};

/// A refund of which a call may have left, over all boxes.
struct RefundBooks {
  std::string amount{};  ///< "15.99 USD"
  struct Call {
    SteadyTime left_at;
    Told told = Told::unclear;  ///< nothing yet is unclear
  };
  std::vector<Call> calls{};
  bool not_made = false;   ///< a person said so, and the ledger counts it no longer
  bool word_made = false;  ///< a person said that it was
  std::set<const simulation::Box*> withdrawn_at{};  ///< those that are to send it no more
  [[nodiscard]] bool may_count() const;
  [[nodiscard]] bool is_said_made() const;
};

/// A person's word about a refund, and what the ledger said to it.
struct RefundWord {
  std::string trip_id;
  std::string request_id;
  bool made = false;
  store::RefundDecided decided{};
};

/// What the looks of one box at a trip were told.
struct Looks {
  std::optional<std::string> last{};  ///< what the last one showed; nullopt: nothing came
  std::vector<SteadyTime> clear{};    ///< when those left that were answered, without an id
  std::size_t before = 0;             ///< of those, how many there were when its ledger was lost
};

/// What the outside has seen and said of one trip, over all boxes.
struct TripBooks {
  std::vector<CaptureCall> captures;
  int words_not = 0;            ///< a person said that it was not captured
  bool word_captured = false;   ///< a person said that it was
  bool word_off = false;        ///< a person gave it up
  bool word_elsewhere = false;  ///< the cloud says that another ledger has captured it
  bool word_part = false;       ///< a person said: capture what was approved
  bool shown = false;           ///< an id that proves a capture: see told_of_look()
  bool told_captured = false, told_cancelled = false, told_declined = false, told_expired = false;
  bool told_checked_out = false;
  bool told_a_useless_price = false;    ///< in answer to the cart that came last
  int cancels_left = 0;                 ///< those that surely did nothing left out
  std::optional<SteadyTime> came_at{};  ///< its first cart
  SteadyTime came_last_at{};            ///< its last one
  /// A ledger that may have charged it is lost, and nobody has said since that it had not.
  bool unvouched = false;
  std::size_t captures_lost = 0;  ///< that it made
  int cancels_lost = 0;
  std::set<std::string> offered{};      ///< prices that the box was given, "15.99 USD"
  std::set<std::string> confirmed{};    ///< of them, those that a person let pass the limits
  std::set<std::string> granted_to{};   ///< names of ledgers, whose own name their price had
  bool word_here = false;               ///< a person said that another one is to charge it
  std::vector<std::string> approved{};  ///< amounts that it was told are authorised, in order
  std::map<const simulation::Box*, Looks> looks{};
  std::map<std::string, RefundBooks> refunds{};         ///< by request id
  std::optional<SteadyTime> last_refund_at{};           ///< when the last call for one left
  std::map<std::string, std::string> refund_records{};  ///< keys of their records by request id
  std::string checkout_cart{};                          ///< that was sent first
  std::map<std::string, std::string> records{};         ///< by ledger id and revision, as they left
  std::int64_t last_revision = 0;                       ///< of those of an end, and what that says
  std::string last_end{};
  /// L: captures that may have charged.
  [[nodiscard]] int captures_that_count() const;
  /// Of those, any that no person has declared without effect; of the captures after the first
  /// `known`.
  [[nodiscard]] bool may_be_charged(std::size_t known = 0) const;
  /// Amazon, its evidence or a person says that it was captured.
  [[nodiscard]] bool is_said_captured() const { return told_captured || shown || word_captured; }
};

/// Of a record's body; 0: it has none.
[[nodiscard]] std::int64_t revision_of(const std::string& record);

/// "ID" of "ID.ERA".
[[nodiscard]] std::string id_of_ledger(const std::string& ledger);

/// Stands between the boxes and the world, notes all that passes, and complains of what must never
/// be. With E the effects of captures of a trip at the service, L its captures that may have
/// charged (over all boxes; those that surely did nothing are none) and N the words of a person
/// that it was not captured:
///
///  (1) L <= 1 + N, and 2 + N where the store repeats, or asks Amazon about what another ledger
///      did; E <= L. What a lost history may have charged is not captured before a person says that
///      it did not, or Amazon where it is asked. A word about a record counts for the captures that
///      the record tells of; one about none, for those of the first record, and while one alone may
///      have charged. Where prices name a ledger, no other one captures without a word, and none
///      at all what the cloud says was settled elsewhere. A copy of a ledger captures what a price
///      names it for, in the era that it began, and nothing else.
///  (2) A changing call's intent is on disk before its first byte leaves, a refund's as well, and
///      a capture's in the witness, too.
///  (3) A capture is of a price that somebody asked, or by the store's rule or a person's word of
///      what was authorised of it; of what was authorised last; within the store's limits unless a
///      person lets it pass; for this store. No more is refunded than was captured: of the calls
///      that may have had their effect, and at the service. What a person says was not made counts
///      until 20 minutes after its last call, and leaves no more from where that was said.
///  (4) Nothing is cancelled or adjusted that may be charged, and nothing captured after a cancel
///      may have left; but for what a lost history did where the store asks Amazon about that.
///  (5) A final state, and its record, is Amazon's word, a person's, or an id that Amazon shows and
///      did not show right before the capture; an id that is there before any capture ends that.
///  (6) A capture in doubt is made again after two answered looks without an id, the last one 20
///      minutes after it left, or after a person's word. An error is no look.
///  (7) What waits for a person has a warning and a record within a minute: see Watch.
///  (8) What came has ended or is open. What is captured was charged, what is not was not, unless a
///      person was wrong. What may be charged is no debt. A record, and the ledger, state what was
///      captured.
///      At any time what was charged is captured here, or may be; and the sums of what was
///      captured and refunded are the same here and there.
///  (9) One body a key, one key a sequence; one cart for the checkout service. Each end has a
///      record of its own, and the last one says how it stands. A refund that was made has one
///      record, under one key, and one that was not has none.
/// (10) Once nothing new goes wrong and a person answers, all is final and delivered in some days.
///      A record that is never taken delays others by one probe.
///
/// A complaint begins with the number of its invariant; (0): the story broke off.
class Books {
 public:
  Books(const Plan& plan, const Clock& world) : plan_(plan), world_(world) {}

  /// A request is about to leave: its first byte may be gone when this returns. Gives the number
  /// that told() wants.
  std::size_t leaves(simulation::Box& box, const Request& request);
  /// The box is told this about it.
  void told(std::size_t number, const Request& request, const Reply& reply);

  void cart_came(const std::string& trip_id);
  /// The ledger of a box that had its cart is gone, by its id, or an older one was put back: that
  /// may lack nothing that matters.
  void history_lost(const simulation::Box& box, const std::string& ledger_id,
                    const std::string& trip_id, bool is_all);
  /// By name: it is gone, or lacks history.
  [[nodiscard]] bool is_lost(const std::string& ledger) const;
  /// This box lives with a copy of another one's ledger from now on.
  void copied(const simulation::Box& copy);
  void offer(const std::string& trip_id, const std::string& money);
  void person_says_not_captured(const std::string& trip_id);
  void person_says_captured(const std::string& trip_id);
  /// In the processor's reports, where a history may be lost and nothing waits here: what left and
  /// is not among `made`, amount by request id, was never done.
  void person_reads_refunds(const std::string& trip_id,
                            const std::map<std::string, std::string>& made);
  void person_says_of_refund(const simulation::Box& box, const RefundWord& word);
  /// In minor units; what a person says was captured is the price.
  [[nodiscard]] std::int64_t most_captured(const std::string& trip_id);
  void person_confirms(const std::string& trip_id, const std::string& money);
  /// Whichever ledger its price names.
  void person_has_it_charged_here(const std::string& trip_id);
  void person_takes_a_part(const std::string& trip_id);

  [[nodiscard]] TripBooks& of(const std::string& trip_id) { return trips_[trip_id]; }
  void complain(int invariant, std::string what);
  /// What happened besides, for whoever reads a complaint.
  void note(std::string what);
  [[nodiscard]] const std::vector<std::string>& chronicle() const { return chronicle_; }
  [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  /// " box 2", for a note; '' : there is one.
  [[nodiscard]] std::string name_of(const simulation::Box& box);
  struct Call {
    SteadyTime left_at;
    const simulation::Box& box;
    std::size_t number = 0;  ///< of the trip's captures, or the refund's calls, where it is one
  };
  void leaves_for_the_cloud(simulation::Box& box, const Request& request, Kind kind);
  void leaves_for_amazon(simulation::Box& box, const Request& request, Kind kind);
  void check_intent(simulation::Box& box, const Request& request, Kind kind);
  void check_refund_intent(simulation::Box& box, const Request& request);
  void check_capture(simulation::Box& box, TripBooks& trip, const Request& request);
  void check_amount(const TripBooks& trip, const std::string& name, const std::string& amount);
  void check_limit(const TripBooks& trip, const std::string& name, const std::string& amount);
  void check_checkout(TripBooks& trip, const Request& request);
  void check_probe(simulation::Box& box, const Request& request);
  void check_repetition(const TripBooks& trip, const Looks& looks, const std::string& name);
  void check_order(const TripBooks& trip, const Looks& looks, const std::string& name, Kind kind);
  [[nodiscard]] bool is_vouched_for_by_looks(const TripBooks& trip, const Looks& looks) const;
  [[nodiscard]] bool is_granted(const TripBooks& trip, const std::string& ledger) const;
  /// Its ledger may have it: a copy has what had left when it was made, and the original has
  /// nothing of the copy's.
  [[nodiscard]] bool is_known_to(const simulation::Box& box, const CaptureCall& capture) const;
  void check_refund(const simulation::Box& box, TripBooks& trip, const Request& request);
  void check_refund_record(TripBooks& trip, const Request& request);
  void check_report(const simulation::Box& box, const TripBooks& trip, const Request& request);
  void check_record(TripBooks& trip, const Request& request);
  void check_key(const std::string& ledger, const Request& request);
  void told_of_adjust(TripBooks& trip, const Request& request, const Reply& reply);
  void told_of_cart(TripBooks& trip, const Request& request, const Reply& reply);
  void told_of_look(TripBooks& trip, const Reply& reply, const Call& call);
  void told_of_record(TripBooks& trip, const Request& request, const Reply& reply);
  void cloud_says_elsewhere(TripBooks& trip, bool elsewhere, const std::string& ledger);
  void desk_says_not_captured(TripBooks& trip, const std::string& record, const std::string& ledger,
                              bool names_one);

  const Plan& plan_;
  const Clock& world_;
  std::map<std::string, TripBooks> trips_;
  std::vector<Call> calls_;
  std::map<std::string, std::string> bodies_;     ///< by ledger and key
  std::map<std::string, std::string> sequences_;  ///< keys by ledger and sequence
  std::string last_delivery_{};                   ///< the trip of what left for the cloud last
  std::set<std::string> lost_ledgers_{};          ///< by id
  std::vector<const simulation::Box*> boxes_;     ///< that something has left, in that order
  const simulation::Box* copy_ = nullptr;         ///< the box with a copied ledger
  SteadyTime copied_at_{};
  bool unsound_ = false;  ///< an id came before any capture: none proves anything any more
  std::vector<std::string> complaints_;
  std::vector<std::string> chronicle_;
};

}  // namespace gatehouse::sync::model
