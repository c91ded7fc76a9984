#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/gate/document.hpp"
#include "daemon/gate/gate.hpp"
#include "daemon/gate/log_limit.hpp"
#include "daemon/gate/policy.hpp"
#include "daemon/gate/scan_request.hpp"
#include "daemon/gate/store_id_check.hpp"

namespace gatehouse::gate {

/// POST /v1/identity/scan. Owned by a shared_ptr: a coroutine that waits for the cloud keeps it.
class ScanConnector : public std::enable_shared_from_this<ScanConnector> {
 public:
  ScanConnector(std::shared_ptr<const GateOptions> options, store::CacheReader cache,
                const Clock& clock, boost::asio::io_context& loop, Observer& observer,
                AskCloud ask_cloud);

  [[nodiscard]] boost::asio::awaitable<http::Answer> answer(const http::Request& request);

 private:
  /// All that is known without the cloud. `answer` is final unless the verdict is ask_cloud, and
  /// then it is what counts if the cloud stays silent.
  struct Resolution {
    ScanDecision decision;
    http::Answer answer;
  };
  struct Match {
    CacheWord word = CacheWord::unknown;
    std::string code = {};
    store::Shopper shopper = {};
  };

  [[nodiscard]] Resolution resolve(std::string_view body, SteadyTime now);
  [[nodiscard]] Match look_up(ScanCodes& codes, SteadyTime now);
  [[nodiscard]] std::string_view accepted_id(const Match& match) const;
  [[nodiscard]] bool cache_is_stale(SteadyTime now);
  [[nodiscard]] boost::asio::awaitable<std::optional<http::Answer>> ask_cloud(
      const http::Request& request);
  void report_cache_failure(const Error& error, SteadyTime now);
  void keep_cache_fresh();
  void on_tick();

  std::shared_ptr<const GateOptions> options_;
  store::CacheReader cache_;
  const Clock& clock_;
  boost::asio::io_context& loop_;
  Observer& observer_;
  AskCloud ask_cloud_;

  DocumentParser parser_;
  StoreIdCheck store_id_check_;
  LogLimit cache_log_limit_;

  std::optional<SteadyTime> position_read_at_;
  std::optional<WallTime> synced_at_;

  boost::asio::steady_timer tick_;
  bool ticking_ = false;
  bool scanned_since_tick_ = false;
};

}  // namespace gatehouse::gate
