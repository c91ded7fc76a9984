#pragma once

#include <map>
#include <string>

#include "tests/model/books.hpp"
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
      : plan_(plan), service_(service), books_(books), dice_(plan.seed, "person") {}

  void visit(simulation::Box& box, const std::string& trip_id);
  [[nodiscard]] bool was_wrong() const { return was_wrong_; }

 private:
  void set_price(simulation::Box& box, const TripPlan& plan);
  void answer(simulation::Box& box, const store::Settlement& settlement);
  void say_what_happened(simulation::Box& box, const store::Settlement& settlement);
  void refund(simulation::Box& box, const store::Settlement& settlement);
  void interfere(simulation::Box& box, const store::Settlement& settlement);
  /// False: it is refused, and nothing was done.
  bool act(simulation::Box& box, const store::Settlement& settlement, OperatorAction action);

  const Plan& plan_;
  const Service& service_;
  Books& books_;
  Dice dice_;
  std::map<std::string, int> answers_;  ///< given so far, by trip
  std::map<std::string, int> refunds_;
  bool was_wrong_ = false;
};

}  // namespace gatehouse::sync::model
