#pragma once

#include <memory>

#include "daemon/gate/call/gate_options.hpp"
#include "daemon/http/exchange.hpp"
#include "store/cache/cache.hpp"
#include "store/values/time.hpp"

namespace boost::asio {
class io_context;
}
namespace gatehouse::store {
class LedgerThread;
}

namespace gatehouse::gate {

class Observer;

/// The JWO connectors (connectors.md) as one HTTP handler. All on the gate thread; a scan is
/// answered inline from the cache, a cart waits for the ledger thread without holding the loop.
///
/// Nothing throws but std::bad_alloc, and nothing waits without a limit: the cloud until the
/// deadline, the disk for 20 s (then 503; what was recorded meanwhile answers the repetition).
///
/// Shutdown: a request that waits keeps what it needs of the gate, so the gate may go first. Clock,
/// observer and ledger outlive the loop's last handler; the ledger writer is stopped, and whoever
/// calls AskCloud's `done` has ended, before the loop is destroyed.
class Gate {
 public:
  Gate(GateOptions options, store::CacheReader cache, store::LedgerThread& ledger,
       const Clock& clock, boost::asio::io_context& loop, Observer& observer,
       AskCloud ask_cloud = {}, AskClock ask_clock = {});
  ~Gate();

  /// The handler to give to http::Server. It keeps what it needs of this object.
  [[nodiscard]] http::Handler handler();
  /// To give to the same server, so that it receives no body from who shows no proof, or for what
  /// no connector is there for. The handler refuses all that too. Like it, it keeps what it needs.
  [[nodiscard]] http::HeaderCheck header_check();
  /// To give to the same server: counts carts that are too large to be received.
  [[nodiscard]] http::RefusalObserver refusal_observer();
  /// Looks shoppers up in this cache from now on, and gives the reader that it had, for its closing
  /// may wait for the disk. On the gate thread.
  [[nodiscard]] store::CacheReader exchange_cache(store::CacheReader cache);
  /// What SIGHUP may change: everything in the options. On the gate thread.
  void reload(GateOptions options);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace gatehouse::gate
