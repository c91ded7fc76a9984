#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "tests/model/books/books.hpp"
#include "tests/model/books/watch.hpp"
#include "tests/model/dice.hpp"
#include "tests/model/plan.hpp"
#include "tests/model/planted/planted.hpp"
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
  /// Only the first one is lost and has a clock that is wrong. `original`: of a copy, the box whose
  /// state it begins with.
  Site(const Surroundings& surroundings, BoxRole role, const Planted& planted,
       const simulation::Box* original = nullptr);

  /// Plans what happens to it by time. `exchanged`: it is back with another ledger.
  void begin(std::function<void()> exchanged);
  [[nodiscard]] simulation::Box& box() { return box_; }
  [[nodiscard]] BoxRole role() const { return role_; }
  /// A turn of its box, where there is news or it wants one now. Gives when the next is wanted.
  SteadyTime turn(bool news);
  /// To be called after each event.
  void look() { watch_.look(acknowledged_); }
  /// Nothing of what is planned by time is still to come.
  [[nodiscard]] bool is_through() const { return around_.schedule.steady() >= through_at_; }
  [[nodiscard]] std::set<std::string>& acknowledged() { return acknowledged_; }

 private:
  [[nodiscard]] simulation::Port::CommitFate commit_fate();
  /// Whether the call that is about to leave is cut off.
  [[nodiscard]] bool is_cut_off(Kind kind);
  void lose(const Loss& loss);
  void stop_and_start(const Loss& loss);
  void come_back(const Loss& loss);
  void step_clock(milliseconds by);

  /// Between the box, or the fault that is planted in it, and the network.
  class Wire final : public Transport {
   public:
    explicit Wire(Site& site) : site_(site) {}
    std::uint64_t start(Request request, Done done) override;
    void cancel(std::uint64_t id) override { site_.around_.network.cancel(id); }

   private:
    void date(Reply& reply) const;
    Site& site_;
  };

  Surroundings around_;
  const BoxRole role_;
  const std::vector<Loss> losses_;
  const std::vector<std::pair<milliseconds, milliseconds>> steps_;
  BoxClock clock_;
  Dice dice_;
  Wire wire_;
  std::unique_ptr<Transport> planted_;
  std::function<void()> exchanged_{};
  decltype(Planted::found_ledger) found_ledger_;
  std::string lost_ledger_{};  ///< its id
  child::TemporaryFolder copies_;
  std::set<std::string> acknowledged_;
  SteadyTime through_at_;
  SteadyTime wake_{};
  std::size_t commits_ = 0;
  std::size_t calls_ = 0;
  std::size_t refunds_ = 0;  ///< calls for one
  simulation::Box box_;      // it uses all of the above
  Watch watch_;              // and this the box
};

}  // namespace gatehouse::sync::model
