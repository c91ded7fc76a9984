#include "tests/sync/simulation/box.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "store/sqlite/database.hpp"
#include "sync/amazon/payment_record.hpp"
#include "sync/desk/decision.hpp"

namespace gatehouse::sync::simulation {
namespace {

/// The ledger of a test does not fail: where it does, the test is over.
template <class T>
T demand(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

constexpr milliseconds witness_sync_interval{1'000};  // as LedgerThread's

JwoOptions desk_options(const BoxOptions& options) {
  JwoOptions jwo = options.jwo;
  jwo.look_minute = options.desk_minute.value_or(jwo.look_minute);
  return jwo;
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A ledger without an id, as its migrations leave it: they are most of what a short day costs, so
/// they run once a process.
const std::string& empty_ledger() {
  static const std::string bytes = [] {
    const child::TemporaryFolder folder(fast_folder());
    const auto file = folder.path() / "ledger.db";
    (void)demand(store::Ledger::open(file));
    return bytes_of(file);
  }();
  return bytes;
}

}  // namespace

std::filesystem::path fast_folder() {
  const std::filesystem::path in_memory = "/dev/shm";
  return std::filesystem::is_directory(in_memory) ? in_memory
                                                  : std::filesystem::temp_directory_path();
}

Box::Running::Running(Box& box, store::VouchedLedger opened, store::LedgerReader opened_reader)
    : vouched(std::move(opened)),
      reader(std::move(opened_reader)),
      port(box.schedule_, vouched.ledger, box.commit_fates_, [&box] { box.attest(); }),
      through(box.options_.through ? box.options_.through(port) : nullptr),
      clock_watch(box.options_.watches_clock
                      ? std::make_unique<ClockWatch>(
                            box.transport_, through ? *through : static_cast<LedgerPort&>(port),
                            *box.clock_, box.kernel_)
                      : nullptr),
      cloud_lane("STORE-001", box.options_.cloud, box.options_.jwo.settlement),
      amazon_lane(box.options_.jwo, box.options_.aws),
      feedback_lane(box.options_.jwo, box.options_.aws, store::Lane::feedback),
      surroundings{reader, through ? *through : port, clock_watch ? *clock_watch : box.transport_,
                   *box.clock_, box.chance_},
      to_cloud(cloud_lane, surroundings),
      to_amazon(amazon_lane, surroundings),
      reports(feedback_lane, surroundings),
      settler("STORE-001", box.options_.jwo, box.options_.aws, surroundings),
      unvouched_looks("STORE-001", box.options_.jwo, box.options_.aws, surroundings),
      open_questions("STORE-001", desk_options(box.options_), reader, surroundings.port,
                     *box.clock_),
      decider({"STORE-001", box.options_.jwo.report_payment_status}, reader, surroundings.port,
              *box.clock_) {}

Box::Box(Schedule& schedule, Transport& transport, Chance chance, BoxOptions options,
         Port::Fates commit_fates)
    : folder_(fast_folder()),
      schedule_(schedule),
      transport_(transport),
      chance_(std::move(chance)),
      options_(std::move(options)),
      clock_(options_.clock != nullptr ? options_.clock : &schedule),
      kernel_(schedule),
      commit_fates_(std::move(commit_fates)) {
  make_files();
  start();
}

void Box::make_files() {
  if (options_.files) return options_.files(ledger_file());
  std::ofstream(ledger_file(), std::ios::binary) << empty_ledger();
  if (!options_.is_new) forget_birth();
}

/// What is withheld does not depend on what the clock said as the box was set up.
void Box::forget_birth() {
  (void)demand(store::open_vouched(ledger_file(), clock_->wall()));
  auto database =
      demand(store::sqlite::Database::open(ledger_file(), store::sqlite::Access::create));
  demand(database.execute("UPDATE ledger_identity SET born_at_ms = NULL, born_confirmed = 1"));
}

void Box::start() {
  const auto file = ledger_file();
  auto vouched = demand(store::open_vouched(file, clock_->wall()));
  auto reader = demand(store::LedgerReader::open(file));
  running_.emplace(*this, std::move(vouched), std::move(reader));
  note_synced();
  if (running_->clock_watch) {
    running_->clock_watch->ledger_is_open(demand(running_->reader.confirmed_time()),
                                          running_->vouched.clock_behind);
  }
  write([this](store::Ledger& ledger) {
    for (const auto trip : demand(running_->reader.sent_settlements())) {
      demand(ledger.recover_settlement(trip, clock_->wall()));
    }
  });
}

void Box::crash() {
  running_.reset();
}

void Box::stop() {
  running_->to_cloud.stop();
  running_->to_amazon.stop();
  running_->settler.stop();
}

void Box::cut_power() {
  running_.reset();
  std::ofstream(store::Witness::beside(ledger_file()), std::ios::binary) << witness_on_disk_;
}

void Box::write(const std::function<void(store::Ledger&)>& work) {
  auto& ledger = running_->vouched.ledger;
  demand(ledger.begin());
  work(ledger);
  demand(ledger.commit());
  attest();
}

void Box::attest() {
  if (options_.witness_late == milliseconds{0}) return write_witness();
  schedule_.after_unnoticed(options_.witness_late, [this] {
    if (is_running()) write_witness();
  });
}

void Box::write_witness() {
  const store::Ledger& ledger = running_->vouched.ledger;
  store::Witness& witness = running_->vouched.witness.value();
  demand(witness.write(ledger.mark(), clock_->wall()));
  const bool late = schedule_.steady() >= witness_synced_at_ + witness_sync_interval;
  if (!ledger.charge_intended() && !late) return;
  demand(witness.sync());
  note_synced();
}

void Box::note_synced() {
  witness_on_disk_ = bytes_of(store::Witness::beside(ledger_file()));
  witnessed_ = mark();
  witness_synced_at_ = schedule_.steady();
}

void Box::take_cart(const store::NewCart& cart) {
  write([&](store::Ledger& ledger) { demand(ledger.append(cart)); });
}

void Box::price(const std::string& trip_id, const Money& amount, const std::string& checkout_cart) {
  write([&](store::Ledger& ledger) {
    demand(ledger.price(trip_id, amount, clock_->wall(), checkout_cart));
  });
}

store::RefundOutcome Box::refund(const store::NewRefund& refund) {
  store::RefundOutcome outcome{};
  write([&](store::Ledger& ledger) { outcome = demand(ledger.refund(refund)); });
  return outcome;
}

store::RefundDecided Box::decide_refund(const store::Delivery& refund, bool made,
                                        const std::string& by) {
  store::RefundDecision decision{.delivery_id = refund.id,
                                 .made = made,
                                 .by = by,
                                 .at = clock_->wall(),
                                 .steady_at = clock_->steady()};
  if (made) {
    const auto sent = demand(running_->reader.bytes_of_delivery(refund.id));
    decision.record = refund_record(refund, sent, "", decision.at);
  }
  store::RefundDecided decided{};
  write([&](store::Ledger& ledger) { decided = demand(ledger.decide_refund(decision)); });
  return decided;
}

void Box::act(const std::string& trip_id, OperatorAction act) {
  const auto settlement = trip(trip_id).settlement.value();
  const auto step = decide(settlement, act);
  if (!step) throw std::runtime_error(step.error());
  const Owed owed{"STORE-001", options_.jwo.report_payment_status};
  write([&](store::Ledger& ledger) {
    demand(ledger.move_settlement(operator_change(owed, settlement, *step, "", clock_->wall())));
  });
}

void Box::retry(std::int64_t delivery_id) {
  write([&](store::Ledger& ledger) { demand(ledger.retry(delivery_id, clock_->wall())); });
}

void Box::accept_gaps() {
  constexpr std::size_t all = 1'000'000;
  write([&](store::Ledger& ledger) { demand(ledger.accept_gaps(clock_->wall(), all)); });
}

SteadyTime Box::turn() {
  if (!running_) return SteadyTime::max();
  if (running_->clock_watch) {
    (void)running_->clock_watch->turn();  // a simulated clock is set only amid what happens
    const bool plausible = clock_status().is_plausible;
    running_->settler.trust_clock(plausible);
    running_->open_questions.trust_clock(plausible);
  }
  const auto wanted =
      std::min({running_->to_cloud.turn(), running_->to_amazon.turn(), running_->reports.turn(),
                running_->settler.turn(), running_->unvouched_looks.turn(),
                running_->decider.turn(), running_->open_questions.turn()});
  if (wanted <= schedule_.steady()) throw std::runtime_error("a loop that never sleeps");
  return wanted;
}

store::LedgerCounts Box::counts() {
  return demand(running_->reader.counts());
}

store::TripView Box::trip(const std::string& trip_id) {
  return demand(running_->reader.trip(trip_id)).value();
}

bool Box::knows(const std::string& trip_id) {
  return demand(running_->reader.trip(trip_id)).has_value();
}

std::optional<store::Settlement> Box::settlement(std::int64_t trip_sequence) {
  return demand(running_->reader.settlement(trip_sequence));
}

std::string Box::payment_record(const std::string& trip_id) {
  for (const auto& before : trip(trip_id).deliveries) {
    const bool goes_first = before.kind == store::DeliveryKind::cart ||
                            before.kind == store::DeliveryKind::open_question;
    if (!goes_first) continue;
    write([&](store::Ledger& ledger) {
      demand(ledger.record_attempt({.delivery_id = before.id,
                                    .state = store::DeliveryState::delivered,
                                    .at = clock_->wall(),
                                    .next_attempt_at = {},
                                    .reason = "",
                                    .charge = {}}));
    });
  }
  const auto due = demand(
      running_->reader.due_deliveries(store::Lane::cloud, clock_->wall(), milliseconds{60'000},
                                      store::LedgerReader::Order::oldest_first, 1000));
  for (const auto& each : due) {
    auto delivery = demand(running_->reader.delivery(each));
    if (delivery.trip_id == trip_id && delivery.kind == store::DeliveryKind::payment_record) {
      return std::move(delivery.payload);
    }
  }
  return "";
}

bool run_until(Schedule& schedule, Box& box, milliseconds at_most,
               const std::function<bool()>& is_done) {
  const auto end = schedule.steady() + at_most;
  while (schedule.steady() < end) {
    if (!schedule.step(std::min(box.turn(), end))) return is_done();
    if (is_done()) return true;
  }
  return false;
}

}  // namespace gatehouse::sync::simulation
