#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/gate/connector/gate_options.hpp"
#include "daemon/gate/connector/log_limit.hpp"
#include "daemon/gate/decision/policy.hpp"
#include "store/cache/cache.hpp"

namespace gatehouse::gate {

/// What the identity connectors and the shopper authorization know of a shopper: the cache, how old
/// it may be, how old a code may be, and the cloud behind it. One a gate thread; not thread-safe.
/// Owned by shared_ptr: a coroutine that waits for the cloud keeps it.
class ShopperLookup : public std::enable_shared_from_this<ShopperLookup> {
 public:
  ShopperLookup(std::shared_ptr<const GateOptions> options, store::CacheReader cache,
                const Clock& clock, boost::asio::io_context& loop, AskCloud ask_cloud);

  struct Match {
    CacheFinding word = CacheFinding::unknown;
    std::string code = {};  ///< the one that decided; '' where none did
    store::Shopper shopper = {};
  };
  /// What the first of the codes says that is known, or too old at the event (`event_at` nullopt:
  /// the event is now). nullopt entries are passed over; the code that decides is moved out.
  [[nodiscard]] Match find(std::span<std::optional<std::string>> codes,
                           const std::optional<WallTime>& event_at, SteadyTime now);
  /// What that means by the operator's choices, and by the age of the cache.
  [[nodiscard]] ScanDecision decide(CacheFinding word, SteadyTime now);

  /// By what a scan was answered with: the code, or else the shopper's id. An error has been
  /// logged.
  [[nodiscard]] Result<std::optional<store::Loyalty>> loyalty(std::string_view id, SteadyTime now);
  /// By Amazon's id. A cache that is stale and not believed is an error too; the others have been
  /// logged.
  [[nodiscard]] Result<std::optional<store::Instrument>> instrument(std::string_view id,
                                                                    SteadyTime now);

  [[nodiscard]] bool may_ask_cloud() const { return !!ask_cloud_; }
  /// Asks with this request on this path below cloud.url. nullopt: no 200 within
  /// gate.ask_cloud_deadline. The views are copied before the first wait.
  [[nodiscard]] boost::asio::awaitable<std::optional<std::string>> ask_cloud(std::string_view path,
                                                                             std::string_view body);

 private:
  [[nodiscard]] bool cache_is_stale(SteadyTime now);
  [[nodiscard]] bool is_expired(const CodeTime::Reading& reading,
                                const std::optional<WallTime>& event_at) const;
  /// The part of a code that the cache knows.
  [[nodiscard]] std::string_view key_of(std::string_view code) const;
  void report_cache_failure(const Error& error, SteadyTime now);
  void keep_cache_fresh();
  void on_tick();

  std::shared_ptr<const GateOptions> options_;
  store::CacheReader cache_;
  const Clock& clock_;
  boost::asio::io_context& loop_;
  AskCloud ask_cloud_;
  LogLimit cache_log_limit_;

  std::optional<SteadyTime> position_read_at_;
  std::optional<WallTime> synced_at_;

  boost::asio::steady_timer tick_;
  bool ticking_ = false;
  bool used_since_tick_ = false;
};

}  // namespace gatehouse::gate
