#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/model/books/books.hpp"
#include "tests/model/desk.hpp"
#include "tests/model/person.hpp"
#include "tests/model/plan.hpp"
#include "tests/model/planted/planted.hpp"
#include "tests/model/service.hpp"
#include "tests/model/site.hpp"
#include "tests/sync/simulation/network.hpp"
#include "tests/sync/simulation/schedule.hpp"

namespace gatehouse::sync::model {

/// One plan, lived through to its end by a real ledger, forwarder and settler.
class Story {
 public:
  explicit Story(Plan plan, const Planted& planted = {});

  /// Lets everything happen, and holds the invariants against it.
  void live();
  /// What must never be and was.
  [[nodiscard]] const std::vector<std::string>& complaints() const { return books_.complaints(); }
  [[nodiscard]] const std::vector<std::string>& chronicle() const { return books_.chronicle(); }
  /// Captures, or a checkout, that charged.
  [[nodiscard]] int effects(const std::string& trip_id) const { return service_.effects(trip_id); }
  /// For comparing with the same plan under another clock: what became of each trip.
  [[nodiscard]] std::vector<std::string> outcomes();

 private:
  void begin();
  [[nodiscard]] Site::Surroundings around() { return {plan_, schedule_, network_, books_}; }
  /// The first box's state is copied, and another box lives with it.
  void copy_first_box();
  /// Lets it go on until `is_done`, or for `at_most`. False: it was not done by then.
  bool go_on(milliseconds at_most, const std::function<bool()>& is_done);
  [[nodiscard]] simulation::Fate fate_of(const Request& request);
  /// What the cart is answered that the cloud does not take; nullopt: it takes this one.
  [[nodiscard]] std::optional<Reply> refusal_of_poison(const Request& request) const;
  void arrive(Site& site, const TripPlan& trip);
  /// With another ledger the carts come once more: Amazon's, or the store's own repetition.
  void send_again(Site& site);
  void visit();
  /// Soon after a visit and later, so that a word is said at any step of a refund.
  void come_back_for_refunds();
  void look_at_refunds();
  /// Its charge is not this box's to make, as far as anybody here knows.
  [[nodiscard]] bool is_left_to_another(const Site& site,
                                        const store::Settlement& settlement) const;
  [[nodiscard]] bool is_over();
  [[nodiscard]] bool is_over(Site& site);
  void end(Site& site);
  void end_of(Site& site, const TripPlan& trip);
  /// Two boxes are charged for together, and what a lost ledger did is in none.
  [[nodiscard]] bool is_one_ledger() const;
  void end_of_copy(Site& site, const TripPlan& trip);
  /// What was charged is never open as if it had not been.
  void check_denied(Site& site);
  /// The sums of what was captured and refunded, there and here.
  void balance(Site& site);
  void check_said(const store::TripView& view);
  void check_records(const store::TripView& view);
  void check_sum(const store::Settlement& settlement);
  /// No more was given back, at the service, than was taken.
  void check_refunds_made();
  /// Each refund ended as what became of it there, with one record where it was made.
  void check_refunds(const store::TripView& view);

  Plan plan_;
  Planted planted_;
  simulation::Schedule schedule_;
  const WallTime began_ = schedule_.wall();
  Service service_;
  Books books_;
  Desk desk_;
  Retailer retailer_;
  Person person_;
  simulation::Network network_;
  std::map<std::pair<std::string, Kind>, std::size_t> turns_taken_;
  SteadyTime look_at_;
  bool visits_end_ = false;
  int visits_ = 0;
  std::int64_t written_ = 0;                  ///< check_denied() has seen the ledger so far
  std::vector<std::unique_ptr<Site>> sites_;  // last: they use all of the above
};

}  // namespace gatehouse::sync::model
