#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "store/ledger/ledger.hpp"
#include "store/ledger/ledger_reader.hpp"
#include "sync/amazon/amazon_lane.hpp"
#include "sync/amazon/operator_action.hpp"
#include "sync/amazon/settler.hpp"
#include "sync/cloud/cloud_lane.hpp"
#include "sync/delivery/forwarder.hpp"
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
};

/// Forwarder and settler over a real ledger, as they run in the daemon, and the plug to pull.
class Box {
 public:
  Box(
      Schedule& schedule, Transport& transport, Chance chance, BoxOptions options = {},
      Port::Fates commit_fates = [] { return Port::CommitFate::succeeds; });

  void start();
  [[nodiscard]] std::filesystem::path ledger_file() const { return folder_.path() / "ledger.db"; }
  /// Nothing is finished and nothing said goodbye: what was not on disk is gone.
  void crash();
  [[nodiscard]] bool is_running() const { return running_.has_value(); }

  /// As the gate does: it is on disk when this returns.
  void take_cart(const store::NewCart& cart);
  void price(const std::string& trip_id, const Money& amount,
             const std::string& checkout_cart = "");
  store::RefundOutcome refund(const store::NewRefund& refund);
  /// What an operator decides; throws where the decision is refused.
  void act(const std::string& trip_id, OperatorAction act);
  void retry(std::int64_t delivery_id);

  [[nodiscard]] const store::LedgerReader& reader() const { return running_->reader; }
  /// One turn of the sync thread's loop. Gives when the next is wanted.
  SteadyTime turn();

  [[nodiscard]] Forwarder& forwarder() { return running_->to_cloud; }
  [[nodiscard]] Settler& settler() { return running_->settler; }
  [[nodiscard]] store::LedgerCounts counts();
  [[nodiscard]] store::TripView trip(const std::string& trip_id);
  /// The payment record that waits for the cloud, '' if there is none; its cart counts as delivered
  /// from now on.
  [[nodiscard]] std::string payment_record(const std::string& trip_id);

 private:
  struct Running {
    Running(Box& box, store::Ledger opened, store::LedgerReader opened_reader);
    store::Ledger ledger;
    store::LedgerReader reader;
    Port port;
    CloudLane cloud_lane;
    AmazonLane amazon_lane;
    Surroundings surroundings;
    Forwarder to_cloud;
    Forwarder to_amazon;
    Settler settler;
  };

  child::TemporaryFolder folder_;
  Schedule& schedule_;
  Transport& transport_;
  Chance chance_;
  BoxOptions options_;
  Port::Fates commit_fates_;
  std::optional<Running> running_;
};

/// Lets the world go on until `is_done`, or for `at_most`. False: it was not done by then, or
/// nothing would have happened any more.
bool run_until(Schedule& schedule, Box& box, milliseconds at_most,
               const std::function<bool()>& is_done);

}  // namespace gatehouse::sync::simulation
