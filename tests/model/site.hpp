#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "tests/model/books.hpp"
#include "tests/model/dice.hpp"
#include "tests/model/plan.hpp"
#include "tests/model/planted.hpp"
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

/// A box with what is its own: a clock, chance, a line, and files that may be lost.
class Site {
 public:
  struct Surroundings {
    const Plan& plan;
    simulation::Schedule& schedule;
    simulation::Network& network;
    Books& books;
  };
  /// Only the first one, 0, is lost and has a clock that is wrong.
  Site(const Surroundings& surroundings, std::size_t number, const Planted& planted);

  /// Plans what happens to it by time. `exchanged`: it is back with another ledger.
  void begin(std::function<void()> exchanged);
  [[nodiscard]] simulation::Box& box() { return box_; }
  /// Nothing of what is planned by time is still to come.
  [[nodiscard]] bool is_through() const { return around_.schedule.steady() >= through_at_; }
  [[nodiscard]] std::set<std::string>& acknowledged() { return acknowledged_; }

 private:
  [[nodiscard]] simulation::Port::CommitFate commit_fate();
  /// Whether the call that is about to leave is cut off.
  [[nodiscard]] bool is_cut_off();
  void lose(const Loss& loss);
  void stop_and_start(const Loss& loss);
  void come_back(const Loss& loss);

  /// Between the box, or the fault that is planted in it, and the network.
  class Wire final : public Transport {
   public:
    explicit Wire(Site& site) : site_(site) {}
    std::uint64_t start(Request request, Done done) override;
    void cancel(std::uint64_t id) override { site_.around_.network.cancel(id); }

   private:
    Site& site_;
  };

  Surroundings around_;
  const std::vector<Loss> losses_;
  const std::vector<std::pair<milliseconds, milliseconds>> steps_;
  BoxClock clock_;
  Dice dice_;
  Wire wire_;
  std::unique_ptr<Transport> planted_;
  std::function<void()> exchanged_{};
  child::TemporaryFolder copies_;
  std::set<std::string> acknowledged_;
  SteadyTime through_at_;
  std::size_t commits_ = 0;
  std::size_t calls_ = 0;
  simulation::Box box_;  // last: it uses all of the above
};

}  // namespace gatehouse::sync::model
