#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "store/ledger/ledger.hpp"
#include "store/ledger/ledger_reader.hpp"
#include "store/ledger/vouched_ledger.hpp"
#include "sync/amazon/amazon_lane.hpp"
#include "sync/amazon/operator_action.hpp"
#include "sync/amazon/settler.hpp"
#include "sync/amazon/unvouched_looks.hpp"
#include "sync/clock/clock_watch.hpp"
#include "sync/cloud/cloud_lane.hpp"
#include "sync/delivery/forwarder.hpp"
#include "sync/desk/decider.hpp"
#include "sync/desk/open_questions.hpp"
#include "tests/child/child.hpp"
#include "tests/sync/simulation/port.hpp"
#include "tests/sync/simulation/schedule.hpp"

namespace gatehouse::sync::simulation {

struct BoxOptions {
  CloudOptions cloud{.url = "https://cloud.test/", .login = {}};
  JwoOptions jwo{.settlement = SettlementMode::payment,
                 .payments_url = "https://payments.test/",
                 .checkout_url = "https://checkout.test/",
                 .feedback_url = "https://payments.test/",
                 .region = "us-east-1"};
  AwsCredentials aws{"AKIDEXAMPLE", "secret", ""};
  const Clock* clock = nullptr;  ///< the box's own; nullptr: that of the world
  /// What stands between forwarder, settler and the ledger; a fault of theirs can be played there.
  std::function<std::unique_ptr<LedgerPort>(LedgerPort& ledger)> through{};
  /// A box at fault: its witness is written so long after the commit.
  milliseconds witness_late{0};
  /// The same: a minute of what it tells the payments desk; nullopt: as of the looks.
  std::optional<milliseconds> desk_minute{};
  /// Its clock is watched, as in the daemon.
  bool watches_clock = false;
  /// Its ledger is made by its clock at the start; else it was there before it knew when that was.
  bool is_new = false;
  /// Makes the files that it begins with, instead of an empty ledger: those of another box,
  /// perhaps.
  std::function<void(const std::filesystem::path& ledger_file)> files{};
};

/// The kernel of a simulated machine: it is never asleep, and synchronises nothing.
class SimulatedKernel final : public KernelClock {
 public:
  explicit SimulatedKernel(const Schedule& schedule) : schedule_(schedule) {}
  [[nodiscard]] bool is_synchronised() const override { return false; }
  [[nodiscard]] milliseconds since_boot() const override {
    return std::chrono::floor<milliseconds>(schedule_.steady().time_since_epoch());
  }

 private:
  const Schedule& schedule_;
};

/// In memory where the machine has such a place: whole days of fsyncs are simulated.
[[nodiscard]] std::filesystem::path fast_folder();

/// Forwarder and settler over a real ledger and its witness, as they run in the daemon, and the
/// plug to pull.
class Box {
 public:
  Box(
      Schedule& schedule, Transport& transport, Chance chance, BoxOptions options = {},
      Port::Fates commit_fates = [] { return Port::CommitFate::succeeds; });

  void start();
  [[nodiscard]] std::filesystem::path ledger_file() const { return folder_.path() / "ledger.db"; }
  /// The process is killed: nothing is finished and nothing said goodbye.
  void crash();
  /// The same for the whole machine: what was not on disk is gone.
  void cut_power();
  /// No call is started any more, as in a daemon that is to end.
  void stop();
  [[nodiscard]] bool is_running() const { return running_.has_value(); }

  /// As the gate does: it is on disk when this returns.
  void take_cart(const store::NewCart& cart);
  void price(const std::string& trip_id, const Money& amount,
             const std::string& checkout_cart = "");
  store::RefundOutcome refund(const store::NewRefund& refund);
  /// A person says whether a refund was made; the local API's part of it as well.
  store::RefundDecided decide_refund(const store::Delivery& refund, bool made,
                                     const std::string& by);
  /// What an operator decides; throws where the decision is refused.
  void act(const std::string& trip_id, OperatorAction act);
  void retry(std::int64_t delivery_id);
  /// A person accepts the gaps in the ledger's history.
  void accept_gaps();

  [[nodiscard]] const store::LedgerReader& reader() const { return running_->reader; }
  [[nodiscard]] store::LedgerMark mark() const { return running_->vouched.ledger.mark(); }
  /// The witness has all that was committed, and no power cut takes it away.
  [[nodiscard]] bool is_witnessed() const { return witnessed_ == mark(); }
  /// One turn of the sync thread's loop. Gives when the next is wanted.
  SteadyTime turn();

  [[nodiscard]] Forwarder& forwarder() { return running_->to_cloud; }
  [[nodiscard]] Forwarder& refunds() { return running_->to_amazon; }
  [[nodiscard]] const ClockStatus& clock_status() const { return running_->clock_watch->status(); }
  [[nodiscard]] Settler& settler() { return running_->settler; }
  [[nodiscard]] const Clock& clock() const { return *clock_; }
  [[nodiscard]] store::LedgerCounts counts();
  [[nodiscard]] store::TripView trip(const std::string& trip_id);
  /// It has a cart of this trip.
  [[nodiscard]] bool knows(const std::string& trip_id);
  /// nullopt: it is not settled here.
  [[nodiscard]] std::optional<store::Settlement> settlement(std::int64_t trip_sequence);
  /// The payment record that waits for the cloud, '' if there is none; its cart counts as delivered
  /// from now on, and an open question before it.
  [[nodiscard]] std::string payment_record(const std::string& trip_id);

 private:
  struct Running {
    Running(Box& box, store::VouchedLedger opened, store::LedgerReader opened_reader);
    store::VouchedLedger vouched;
    store::LedgerReader reader;
    Port port;
    std::unique_ptr<LedgerPort> through;
    std::unique_ptr<ClockWatch> clock_watch;  ///< nullptr: nobody watches
    CloudLane cloud_lane;
    AmazonLane amazon_lane;
    AmazonLane feedback_lane;
    Surroundings surroundings;
    Forwarder to_cloud;
    Forwarder to_amazon;
    Forwarder reports;
    Settler settler;
    UnvouchedLooks unvouched_looks;
    OpenQuestions open_questions;
    Decider decider;
  };

  void make_files();
  void forget_birth();
  /// One commit; throws where the ledger does not take it.
  void write(const std::function<void(store::Ledger&)>& work);
  /// As LedgerThread does after each commit.
  void attest();
  void write_witness();
  void note_synced();

  child::TemporaryFolder folder_;
  Schedule& schedule_;
  Transport& transport_;
  Chance chance_;
  BoxOptions options_;
  const Clock* clock_;
  SimulatedKernel kernel_;
  Port::Fates commit_fates_;
  std::string witness_on_disk_{};  ///< its bytes as they were synced last
  store::LedgerMark witnessed_;    ///< what they say
  SteadyTime witness_synced_at_;
  std::optional<Running> running_;
};

/// Lets the world go on until `is_done`, or for `at_most`. False: it was not done by then, or
/// nothing would have happened any more.
bool run_until(Schedule& schedule, Box& box, milliseconds at_most,
               const std::function<bool()>& is_done);

}  // namespace gatehouse::sync::simulation
