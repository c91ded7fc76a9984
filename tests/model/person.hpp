#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sync/amazon/operator_action.hpp"
#include "tests/model/books/books.hpp"
#include "tests/model/cashier.hpp"
#include "tests/model/dice.hpp"
#include "tests/model/service.hpp"
#include "tests/sync/simulation/box.hpp"

namespace gatehouse::sync::model {

/// Who decides at the retailer's: comes by now and then, answers what is asked and sometimes does
/// what nobody asked for. Says of a charge what the processor's reports say, unless the plan has it
/// that it is wrong.
class Person {
 public:
  Person(const Plan& plan, const Service& service, Books& books)
      : plan_(plan), service_(service), books_(books), cashier_(plan, service, books) {}

  void visit(simulation::Box& box, const std::string& trip_id, BoxRole role);
  /// Between two visits, where refunds are decided.
  void look_at_refunds(simulation::Box& box, const std::string& trip_id, BoxRole role);
  /// Accepts the gaps in its ledger's history, once no charge that waits for that is in question.
  void look_at_gaps(simulation::Box& box, const std::vector<std::string>& trip_ids);
  [[nodiscard]] bool was_wrong() const { return was_wrong_; }
  /// It has seen that this trip is expired, and does not open it again.
  [[nodiscard]] bool lets_be(const std::string& trip_id) const { return let_be_.contains(trip_id); }
  /// Whether what is not granted to this box is decided at it: where there is no other one; or the
  /// price names the ledger that this box has lost, so that nobody else will ever charge it.
  [[nodiscard]] bool is_to_decide(BoxRole role, const store::Settlement& settlement) const;

 private:
  void set_price(simulation::Box& box, const TripPlan& plan);
  void set_checkout(simulation::Box& box, const TripPlan& plan);
  void answer(simulation::Box& box, const store::Settlement& settlement, BoxRole role);
  [[nodiscard]] OperatorAction answer_to_held(const store::Settlement& settlement, Dice& dice);
  void say_what_happened(simulation::Box& box, const store::Settlement& settlement);
  [[nodiscard]] bool is_quiet(const simulation::Box& box, const std::string& trip_id) const;
  void interfere(simulation::Box& box, const store::Settlement& settlement);
  /// For the next answer to this trip: by count, so that one who comes later says the same.
  [[nodiscard]] Dice dice_for(const std::string& trip_id) const;
  /// False: it is refused, and nothing was done.
  bool act(simulation::Box& box, const store::Settlement& settlement, OperatorAction action);

  const Plan& plan_;
  const Service& service_;
  Books& books_;
  Cashier cashier_;
  std::map<std::string, int> answers_;  ///< given so far, by trip
  std::set<std::string> let_be_;
  bool was_wrong_ = false;
};

}  // namespace gatehouse::sync::model
