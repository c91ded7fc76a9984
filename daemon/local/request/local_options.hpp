#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

#include "daemon/local/facts/facts.hpp"
#include "daemon/local/request/access.hpp"
#include "store/values/time.hpp"
#include "sync/amazon/jwo_options.hpp"
#include "sync/desk/decision.hpp"

namespace gatehouse::local {

/// Gives the facts of the moment. Called on the loop that the handlers run on.
using FactsSource = std::function<ProcessFacts()>;

struct LocalOptions {
  uid_t own_uid = 0;
  std::string store_id;  ///< for what is sent to Amazon
  sync::SettlementMode settlement = sync::SettlementMode::none;
  bool report_payment_status = false;
  sync::TimeUnit payment_status_time = sync::TimeUnit::seconds;
  /// Later than so long after its trip a refund has to be confirmed (services.md 2.4: 7 days).
  milliseconds refund_window = std::chrono::days{7};
  [[nodiscard]] sync::Owed owed() const {
    const bool reports = report_payment_status && settlement == sync::SettlementMode::payment;
    return {store_id, reports, payment_status_time};
  }
  IsOperator is_operator = members_of("gatehouse");
  /// How long a change waits for its commit before it is answered 503.
  milliseconds commit_deadline{5000};
  /// How old the ledger's counts may be: a scrape must not cost more than this allows.
  milliseconds counts_max_age{1000};
  /// The facts that need no file. Unset: all of them.
  FactsSource swift_facts{};
};

}  // namespace gatehouse::local
