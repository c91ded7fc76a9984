#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/model/call_kind.hpp"
#include "tests/model/plan.hpp"
#include "tests/sync/simulation/box.hpp"

namespace gatehouse::sync::model {

/// A capture whose bytes may have left a box.
struct CaptureCall {
  SteadyTime left_at;
  Told told = Told::unclear;  ///< what the box was told of it; nothing yet is unclear
  bool word_not = false;      ///< a person said afterwards that it charged nothing
  [[nodiscard]] bool may_have_charged() const { return told != Told::nothing; }
};

/// What the outside has seen and said of one trip, over all boxes.
struct TripBooks {
  std::vector<CaptureCall> captures;
  int words_not = 0;           ///< a person said that it was not captured
  bool word_captured = false;  ///< a person said that it was
  bool shown = false;          ///< a look that was told a reconciliationId, after a capture left
  bool told_captured = false, told_cancelled = false, told_declined = false, told_expired = false;
  int cancels_left = 0;                   ///< those that surely did nothing left out
  std::set<std::string> offered{};        ///< prices that the box was given, "15.99 USD"
  std::string granted{};                  ///< the ledger that the price names
  std::string approved{};                 ///< the last amount that it was told is authorised
  std::vector<SteadyTime> clear_looks{};  ///< when those left that were answered, without an id
  std::map<std::string, std::string> refunds{};  ///< that may have left: amount by request id
  /// L: captures that may have charged.
  [[nodiscard]] int captures_that_count() const;
  /// Of those, any that no person has declared without effect.
  [[nodiscard]] bool may_be_charged() const;
};

/// Stands between the boxes and the world, notes all that passes, and complains of what must never
/// be. With E the effects of captures of a trip at the service, L its captures that may have
/// charged (over all boxes; those that surely did nothing are none) and N the words of a person
/// that it was not captured:
///
///  (1) L <= 1 + N, and 2 + N where the store repeats; E <= L.
///      Where prices name a ledger, no other one captures.
///  (2) A changing call's intent is on disk before its first byte leaves, a capture's in the
///      witness, too.
///  (3) A capture is of a price that somebody asked, of what was authorised, for this store; no
///      more is refunded than was captured.
///  (4) Nothing is cancelled or adjusted that may be charged, and nothing captured after a cancel
///      may have left.
///  (5) A final state, and its record, is Amazon's word, a person's, or an id that Amazon showed.
///  (6) A capture in doubt is made again after two answered looks without an id, the last one 20
///  min
///      after it left, or after a person's word. An error is no look.
///  (7) Somebody is told of what waits for a price that will not come by itself.
///  (8) What came has ended or is open. What is captured was charged, what is not was not, unless a
///      person was wrong. What may be charged is no debt.
///  (9) One body a key, one key a sequence.
/// (10) Once nothing new goes wrong and a person answers, all is final and delivered in some days.
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

  void offer(const std::string& trip_id, const std::string& money);
  void person_says_not_captured(const std::string& trip_id);
  void person_says_captured(const std::string& trip_id);

  [[nodiscard]] TripBooks& of(const std::string& trip_id) { return trips_[trip_id]; }
  void complain(int invariant, std::string what);
  /// What happened besides, for whoever reads a complaint.
  void note(std::string what);
  [[nodiscard]] const std::vector<std::string>& chronicle() const { return chronicle_; }
  [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  void check_intent(simulation::Box& box, const Request& request, Kind kind);
  void check_capture(simulation::Box& box, TripBooks& trip, const Request& request);
  void check_repetition(const TripBooks& trip, const std::string& name);
  void check_refund(TripBooks& trip, const Request& request);
  void check_report(TripBooks& trip, const Request& request);
  void check_record(TripBooks& trip, const Request& request);
  void check_key(const std::string& ledger, const Request& request);
  void told_of_adjust(TripBooks& trip, const Request& request, const Reply& reply);
  void told_of_look(TripBooks& trip, const Reply& reply, SteadyTime left_at);

  struct Call {
    SteadyTime left_at;
    std::size_t capture = 0;  ///< of the trip's captures, where it is one
  };
  const Plan& plan_;
  const Clock& world_;
  std::map<std::string, TripBooks> trips_;
  std::vector<Call> calls_;
  std::map<std::string, std::string> bodies_;     ///< by ledger and key
  std::map<std::string, std::string> sequences_;  ///< keys by ledger and sequence
  std::vector<std::string> complaints_;
  std::vector<std::string> chronicle_;
};

}  // namespace gatehouse::sync::model
