#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/model/books.hpp"
#include "tests/model/person.hpp"
#include "tests/model/plan.hpp"
#include "tests/model/planted.hpp"
#include "tests/model/service.hpp"
#include "tests/sync/simulation/box.hpp"
#include "tests/sync/simulation/network.hpp"
#include "tests/sync/simulation/schedule.hpp"

namespace gatehouse::sync::model {

/// The clock of a box, which may be wrong.
class BoxClock final : public Clock {
 public:
  BoxClock(const Clock& world, milliseconds ahead) : world_(world), ahead_(ahead) {}
  [[nodiscard]] WallTime wall() const override { return world_.wall() + ahead_; }
  [[nodiscard]] SteadyTime steady() const override { return world_.steady(); }
  void step(milliseconds by) { ahead_ += by; }

 private:
  const Clock& world_;
  milliseconds ahead_;
};

/// One plan, lived through to its end by a real ledger, forwarder and settler.
class Story {
 public:
  explicit Story(Plan plan, const Planted& planted = {});

  /// Lets everything happen, and holds the invariants against it.
  void live();
  /// What must never be and was.
  [[nodiscard]] const std::vector<std::string>& complaints() const { return books_.complaints(); }
  [[nodiscard]] const std::vector<std::string>& chronicle() const { return books_.chronicle(); }
  /// For comparing with the same plan under another clock: what became of each trip.
  [[nodiscard]] std::vector<std::string> outcomes();

 private:
  void begin();
  [[nodiscard]] simulation::Fate fate_of(const Request& request);
  [[nodiscard]] simulation::Port::CommitFate commit_fate();
  void lose(const Loss& loss);
  void arrive(const TripPlan& trip);
  void visit();
  [[nodiscard]] bool is_over();
  void end();
  void end_of(const TripPlan& trip);

  /// Between the box, or the fault that is planted in it, and the network.
  class Wire final : public Transport {
   public:
    explicit Wire(Story& story) : story_(story) {}
    std::uint64_t start(Request request, Done done) override;
    void cancel(std::uint64_t id) override { story_.network_.cancel(id); }

   private:
    Story& story_;
  };

  Plan plan_;
  simulation::Schedule schedule_;
  BoxClock clock_;
  Service service_;
  Retailer retailer_;
  Books books_;
  Person person_;
  Dice box_dice_;
  Dice way_dice_;
  simulation::Network network_;
  Wire wire_;
  std::unique_ptr<Transport> planted_;
  std::map<std::pair<std::string, Kind>, std::size_t> turns_taken_;
  std::set<std::string> acknowledged_;
  std::size_t commits_ = 0;
  std::size_t calls_ = 0;
  simulation::Box box_;  // last: it uses all of the above
};

}  // namespace gatehouse::sync::model
