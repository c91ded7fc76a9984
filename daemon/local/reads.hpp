#pragma once

#include <string>

#include "daemon/http/exchange.hpp"
#include "daemon/local/ledger/local_ledger.hpp"
#include "daemon/local/parts/health.hpp"
#include "daemon/local/parts/part_watch.hpp"
#include "daemon/local/parts/readiness.hpp"
#include "daemon/local/request/local_options.hpp"
#include "daemon/local/request/routes.hpp"
#include "daemon/local/view/metrics.hpp"

namespace gatehouse::local {

/// What the local API tells without changing anything.
class Reads {
 public:
  /// `swift_facts`: the same of what needs no file; unset: `process_facts`. /readyz/scans and
  /// /readyz/carts are answered from them, for the disk may stand still and scans go on.
  Reads(LocalLedger& ledger, const Metrics& metrics, FactsSource process_facts,
        FactsSource swift_facts, const Clock& clock);

  [[nodiscard]] Facts facts();
  /// What follows from them. Each call is a look of the parts' watch.
  [[nodiscard]] Health health(const Facts& facts);
  /// `action` is one that changes nothing.
  [[nodiscard]] http::Answer answer(Action action, const std::string& argument,
                                    const Target& target);

 private:
  [[nodiscard]] Facts swift_facts();
  [[nodiscard]] http::Answer status();
  [[nodiscard]] http::Answer page();
  [[nodiscard]] http::Answer ready(Service service);
  [[nodiscard]] http::Answer metrics();
  [[nodiscard]] http::Answer trip(const std::string& trip_id);
  [[nodiscard]] http::Answer trips(const Target& target);
  [[nodiscard]] http::Answer records(const Target& target);
  [[nodiscard]] http::Answer refused_carts(std::int64_t after, std::size_t limit);
  [[nodiscard]] http::Answer refused_cart(const std::string& id);

  LocalLedger& ledger_;
  const Metrics& metrics_;
  FactsSource process_facts_;
  FactsSource swift_process_facts_;
  const Clock& clock_;
  PartWatch part_watch_;
};

}  // namespace gatehouse::local
