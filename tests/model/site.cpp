#include "tests/model/site.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "tests/model/accident.hpp"

namespace gatehouse::sync::model {
namespace {

using namespace std::chrono_literals;
using simulation::Port;

/// What makes the files of a box that begins with a copy of another one's.
auto files_like(const Plan& plan, const Planted& planted, const simulation::Box& original) {
  return [clone = plan.copying->is_a_clone, found = planted.found_ledger,
          from = original.ledger_file()](const std::filesystem::path& file) {
    copy_state(from, file);
    if (clone) pass_for_original(file);
    if (found) found(file);
  };
}

simulation::BoxOptions options_of(const Plan& plan, const Planted& planted,
                                  const simulation::Box* original, const Clock& clock,
                                  simulation::Schedule& schedule) {
  simulation::BoxOptions options;
  if (original != nullptr) options.files = files_like(plan, planted, *original);
  if (plan.repeats) options.jwo.unknown_capture = UnknownCapture::ask_then_repeat;
  if (plan.grants) options.cloud.grant = GrantRule::required;
  if (plan.checks_out) options.jwo.settlement = SettlementMode::checkout;
  options.jwo.charge_limit = plan.limit;
  if (plan.captures_parts) options.jwo.partial_approval = PartialApproval::capture;
  if (plan.asks_unvouched) options.jwo.unvouched = UnvouchedRule::ask;
  options.jwo.report_payment_status = plan.reports && !plan.checks_out;
  options.clock = &clock;
  options.watches_clock = true;
  options.is_new = plan.born_by_clock;
  options.witness_late = planted.witness_late;
  if (planted.port) {
    options.through = [through = planted.port, &schedule](LedgerPort& port) {
      return through(port, schedule);
    };
  }
  if (planted.options) planted.options(options);
  return options;
}

}  // namespace

std::uint64_t Site::Wire::start(Request request, Done done) {
  auto& books = site_.around_.books;
  const auto number = books.leaves(site_.box_, request);
  if (site_.is_cut_off(kind_of(request))) return 0;
  auto sent = request;
  return site_.around_.network.start(
      std::move(request),
      [this, &books, number, sent = std::move(sent), finish = std::move(done)](Reply reply) {
        books.told(number, sent, reply);
        date(reply);
        finish(std::move(reply));
      });
}

/// Whoever answers has the world's clock.
void Site::Wire::date(Reply& reply) const {
  if (!site_.around_.plan.born_by_clock || reply.sent != Sent::answered) return;
  const auto ahead = site_.clock_.wall() - site_.around_.schedule.wall();
  reply.clock_ahead = std::chrono::floor<std::chrono::seconds>(ahead);
}

Site::Site(const Surroundings& surroundings, BoxRole role, const Planted& planted,
           const simulation::Box* original)
    : around_(surroundings),
      role_(role),
      losses_(role == BoxRole::first ? surroundings.plan.losses : std::vector<Loss>{}),
      steps_(role == BoxRole::first ? surroundings.plan.steps : decltype(steps_){}),
      clock_(surroundings.schedule, role == BoxRole::first ? surroundings.plan.clock_off : 0ms),
      dice_(surroundings.plan.seed, fmt::format("box {}", role == BoxRole::first ? 0 : 1)),
      wire_(*this),
      planted_(planted.transport ? planted.transport(wire_, clock_) : nullptr),
      found_ledger_(planted.found_ledger),
      copies_(simulation::fast_folder()),
      box_(
          surroundings.schedule, planted_ ? *planted_ : wire_, [this] { return dice_.chance(); },
          options_of(surroundings.plan, planted, original, clock_, surroundings.schedule),
          [this] { return commit_fate(); }),
      watch_({surroundings.plan, surroundings.schedule, surroundings.books, box_},
             planted.counted) {}

void Site::begin(std::function<void()> exchanged) {
  exchanged_ = std::move(exchanged);
  auto& schedule = around_.schedule;
  for (const auto& [at, by] : steps_) {
    schedule.after(at, [this, step = by] { step_clock(step); });
  }
  for (const auto& loss : losses_) {
    through_at_ = std::max(through_at_, schedule.steady() + loss.at + 5s);
    if (loss.when == Loss::When::at_time) schedule.after(loss.at, [this, &loss] { lose(loss); });
    if (loss.when == Loss::When::stopped) {
      schedule.after(loss.at, [this, &loss] { stop_and_start(loss); });
    }
    if (loss.accident == Accident::none) continue;
    schedule.after(around_.plan.copied_at,
                   [this] { copy_ledger(box_.ledger_file(), copies_.path()); });
  }
}

SteadyTime Site::turn(bool news) {
  if (news || wake_ <= around_.schedule.steady()) wake_ = box_.turn();
  return wake_;
}

Port::CommitFate Site::commit_fate() {
  ++commits_;
  if (is_through()) return Port::CommitFate::succeeds;
  for (const auto& loss : losses_) {
    const bool before = loss.when == Loss::When::before_commit;
    if ((!before && loss.when != Loss::When::after_commit) || loss.count != commits_) continue;
    around_.schedule.after(0ms, [this, &loss] { lose(loss); });
    return before ? Port::CommitFate::cut_off_before : Port::CommitFate::cut_off_after;
  }
  return Port::CommitFate::succeeds;
}

bool Site::is_cut_off(Kind kind) {
  ++calls_;
  if (kind == Kind::refund) ++refunds_;
  if (is_through()) return false;
  bool cut_off = false;
  for (const auto& loss : losses_) {
    if (loss.when == Loss::When::after_refund && kind == Kind::refund && loss.count == refunds_) {
      around_.schedule.after(0ms, [this, &loss] { lose(loss); });
      continue;
    }
    const bool before = loss.when == Loss::When::before_call;
    if ((!before && loss.when != Loss::When::after_call) || loss.count != calls_) continue;
    cut_off = cut_off || before;
    around_.schedule.after(0ms, [this, &loss] { lose(loss); });
  }
  return cut_off;
}

void Site::lose(const Loss& loss) {
  if (!box_.is_running()) return;
  around_.books.note(loss.power ? "the power goes" : "the process is killed");
  const auto ledger = box_.mark().id;
  if (loss.power) {
    box_.cut_power();
  } else {
    box_.crash();
  }
  if (loss.accident != Accident::none) {
    around_.books.note(fmt::format("accident {}", static_cast<int>(loss.accident)));
    exchange_ledger(box_.ledger_file(), loss.accident, copies_.path());
    if (found_ledger_) found_ledger_(box_.ledger_file());
    lost_ledger_ = ledger;
  }
  around_.schedule.after(loss.down, [this, &loss] { come_back(loss); });
}

/// As a service manager does it: what is in flight may end.
void Site::stop_and_start(const Loss& loss) {
  if (!box_.is_running()) return;
  around_.books.note("the box is told to stop");
  box_.stop();
  watch_.disturbed();
  around_.schedule.after(2s, [this, &loss] { lose(loss); });
}

void Site::come_back(const Loss& loss) {
  box_.start();
  around_.books.note("the box starts");
  if (loss.accident == Accident::none) return watch_.disturbed();
  watch_.exchanged();
  for (const auto& trip_id : acknowledged_) {
    around_.books.history_lost(box_, lost_ledger_, trip_id, loss.accident != Accident::older);
  }
  exchanged_();
}

void Site::step_clock(milliseconds by) {
  clock_.step(by);
  around_.books.note(fmt::format("the box's clock steps by {} s", by.count() / 1000));
  if (by < 0ms) return watch_.set_back();
  watch_.disturbed();
}

}  // namespace gatehouse::sync::model
