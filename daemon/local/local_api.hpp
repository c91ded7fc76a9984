#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <vector>

#include "daemon/http/exchange.hpp"
#include "daemon/local/request/local_options.hpp"
#include "daemon/local/view/metrics.hpp"
#include "daemon/local/warnings/warnings.hpp"
#include "store/ledger/ledger_thread.hpp"
#include "store/values/time.hpp"

namespace gatehouse::local {

/// The local API of docs/operations.md as two HTTP handlers:
///
///   GET  /  /healthz  /metrics  /local/v1/status
///   GET  /readyz  /readyz/scans  /readyz/carts
///   GET  /local/v1/trips/{tripId}
///   GET  /local/v1/records?state=&after=&limit=     at most 500 a page
///   POST /local/v1/trips/{tripId}/charge            {"amount":"15.99","code":"USD"}, or with
///                                                   jwo.settlement = "checkout"
///                                                   {"checkoutCart":{…}}
///   POST /local/v1/trips/{tripId}/refund            {"amount":"5.00","code":"USD",
///                                                   "reason":"OTHER","refundRequestId":"…"}, the
///                                                   last optional
///   POST /local/v1/trips/{tripId}/hold              {"reason":"…"}, optional
///   POST /local/v1/trips/{tripId}/release           {"captured":true}, only where a capture is in
///                                                   doubt
///   POST /local/v1/trips/{tripId}/cancel
///   POST /local/v1/records/{id}/retry
///   POST /local/v1/records/{id}/decide              {"decision":"refunded","by":"Ann"}
///   POST /local/v1/records/retry                    {"state":"set_aside","kind":"cart",
///                                                   "since":"…","dryRun":true,"after":17}, all
///                                                   optional
///   POST /local/v1/trips/release                    {"since":"…","dryRun":true,"after":17}, all
///                                                   optional
///   POST /local/v1/ledger/accept                    {"dryRun":true}, optional
///   POST /local/v1/ledger/evidence-sound            {"by":"Ann"}
///   POST /local/v1/ledger/verify                    {"after":17}, optional; a page of about 2 s
///   POST /local/v1/refused-carts/{id}/drop          {"by":"Ann"}
///
/// Retry and release of many go through a page of 200 at each request, say what they did (or would
/// do) and what they left out and why, and give the `after` of the next page as `next`, null at the
/// end.
///
/// Errors are {"errorMsg": …} with 400, 403, 404, 405, 409 or 503. Everything runs on `loop`, and
/// reads the ledger there, over its own connection: a page of 500 records takes milliseconds. So
/// a loop of its own, on a thread of its own, keeps that from the gate; then FactsSource must be
/// safe to call there. Metrics, LedgerThread and Clock are.
class LocalApi {
 public:
  /// Answers without a ledger too: what needs one says 503 until `writer` has opened `ledger_file`.
  LocalApi(LocalOptions options, std::filesystem::path ledger_file, store::LedgerThread& writer,
           const Metrics& metrics, FactsSource facts, const Clock& clock,
           boost::asio::io_context& loop);
  ~LocalApi();

  /// What an operator should know at this moment; the parts are looked at, too, so that they know
  /// since when they have been as they are. On the loop.
  [[nodiscard]] std::vector<Warning> warnings();

  /// From now on a slice of the ledger is verified each hour (Verification). Once, on the loop or
  /// before it runs.
  void verify_by_itself();

  /// Rows of the feed that could not be used, for the log. On the loop.
  [[nodiscard]] sync::FlawTally flawed_rows();

  /// For local.listen: only reads. Valid as long as this object, like the other one.
  [[nodiscard]] http::Handler reading();
  /// For the control socket: changes too, for the peers that may (access.hpp); 403 for others.
  [[nodiscard]] http::Handler everything();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace gatehouse::local
