#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "store/ledger/ledger_counts.hpp"
#include "tests/model/books/books.hpp"
#include "tests/model/plan.hpp"
#include "tests/sync/simulation/box.hpp"
#include "tests/sync/simulation/schedule.hpp"

namespace gatehouse::sync::model {

/// Holds invariant (7) against one box: each charge that is unclear, held, overdue, withheld,
/// another ledger's to charge, or whose price is of no use, has a warning, and a record for the
/// cloud, within a minute; and where the cloud takes what comes, it has that record by then. A
/// minute of a box that runs: a start, a stop or a step of its clock begins another one.
class Watch {
 public:
  /// What the warnings are made from; a fault of the box's can be played there.
  using Counted = std::function<void(store::LedgerCounts&)>;
  struct Around {
    const Plan& plan;
    simulation::Schedule& schedule;
    Books& books;
    simulation::Box& box;
  };
  Watch(const Around& around, Counted counted) : around_(around), counted_(std::move(counted)) {}

  /// To be called whenever something may have happened; looks where something was written.
  void look(const std::set<std::string>& trips);
  /// A minute begins anew, or so long a time.
  void disturbed(milliseconds pause);
  void disturbed() { disturbed(minute); }
  /// The box's clock went back: what that put off is made up for at once, and again ten minutes
  /// later at the soonest.
  void set_back();
  /// The box has another ledger.
  void exchanged();

  static constexpr milliseconds minute{61'000};

 private:
  struct Waiting {
    std::string_view question{};  ///< "UNCLEAR" and so on, '' : none
    std::uint64_t number = 0;     ///< which of all that there were
    SteadyTime due;
    bool known = false;         ///< it was looked at before
    std::int64_t last_ask = 0;  ///< the last record of it that was there when it began
  };
  [[nodiscard]] std::string_view question_of(const std::string& trip_id);
  void look_at(const std::string& trip_id);
  void check_at(const std::string& trip_id, SteadyTime due);
  void check(const std::string& trip_id, std::uint64_t number);
  void check_record(const std::string& trip_id, const Waiting& waiting);
  void check_taken(const std::string& trip_id, std::int64_t delivery_id);
  void check_warning(const std::string& trip_id, std::string_view question);

  Around around_;
  Counted counted_;
  std::map<std::string, Waiting> waiting_;
  std::map<std::string, std::int64_t> sequences_;
  std::int64_t seen_ = 0;
  bool plausible_ = true;
  std::uint64_t numbers_ = 0;
  SteadyTime set_back_at_{};
};

}  // namespace gatehouse::sync::model
