#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/gate/call/gate_options.hpp"
#include "daemon/gate/decision/policy.hpp"
#include "daemon/gate/request/code_time.hpp"
#include "daemon/log/log_limit.hpp"
#include "store/cache/cache.hpp"

namespace boost::asio {
class io_context;
}

namespace gatehouse::gate {

/// What the identity connectors and the shopper authorization know of a shopper: the cache, how old
/// it may be, how old a code may be, and the cloud behind it. One a gate thread; not thread-safe.
class ShopperLookup {
 public:
  /// `options` outlive it, and may change; `clock` and `loop` outlive it.
  ShopperLookup(const GateOptions& options, store::CacheReader cache, const Clock& clock,
                boost::asio::io_context& loop, AskCloud ask_cloud, AskClock ask_clock = {});
  ShopperLookup(const ShopperLookup&) = delete;
  ShopperLookup& operator=(const ShopperLookup&) = delete;

  struct Match {
    CacheFinding finding = CacheFinding::unknown;
    std::string code = {};  ///< the one that decided; '' where none did
    store::Shopper shopper = {};
  };
  /// What the first of the codes says that is known, or too old at the event (`event_at` nullopt:
  /// the event is now). nullopt entries are passed over; the code that decides is moved out.
  [[nodiscard]] Match find(std::span<std::optional<std::string>> codes,
                           const std::optional<WallTime>& event_at, SteadyTime now);
  /// What that means by the operator's choices, and by the age of the cache.
  [[nodiscard]] ScanDecision decide(CacheFinding finding, SteadyTime now);

  /// By what a scan was answered with: the code, or else the shopper's id. An error has been
  /// logged.
  [[nodiscard]] Result<std::optional<store::Loyalty>> loyalty(std::string_view id, SteadyTime now);
  /// By Amazon's id. A cache that is stale and not believed is an error too; the others have been
  /// logged.
  [[nodiscard]] Result<std::optional<store::Instrument>> instrument(std::string_view id,
                                                                    SteadyTime now);

  /// Looks up in this cache from now on. Gives the one that it had.
  [[nodiscard]] store::CacheReader exchange_cache(store::CacheReader cache);

  [[nodiscard]] bool may_ask_cloud() const { return !!ask_cloud_; }
  /// Asks with this request on this path below cloud.url. The views are copied.
  void ask_cloud(std::string_view path, std::string_view body, milliseconds deadline,
                 CloudAnswered done);

 private:
  [[nodiscard]] bool cache_is_stale(SteadyTime now);
  [[nodiscard]] bool is_expired(const CodeTime::Reading& reading,
                                const std::optional<WallTime>& event_at) const;
  [[nodiscard]] ClockWord clock_word() const { return ask_clock_ ? ask_clock_() : ClockWord{}; }
  /// The part of a code that the cache knows.
  [[nodiscard]] std::string_view key_of(std::string_view code) const;
  void report_cache_failure(const Error& error, SteadyTime now);

  const GateOptions& options_;
  store::CacheReader cache_;
  const Clock& clock_;
  AskCloud ask_cloud_;
  AskClock ask_clock_;
  SteadyTime opened_at_;
  log::LogLimit cache_log_limit_;

  std::optional<SteadyTime> position_read_at_;
  std::optional<WallTime> synced_at_;

  class Tick;
  std::shared_ptr<Tick> tick_;  ///< last: it holds a reference to the cache
};

}  // namespace gatehouse::gate
