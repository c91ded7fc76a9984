#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/gate/authorization.hpp"
#include "daemon/gate/code_time.hpp"
#include "daemon/gate/observer.hpp"
#include "daemon/http/exchange.hpp"
#include "store/cache.hpp"
#include "store/ledger_writer.hpp"
#include "store/time.hpp"
#include "sync/options.hpp"

namespace gatehouse::gate {

/// What `id` an accepted scan is answered with. The FAQ's example answers the decoded code itself;
/// Amazon echoes it as scanResult.id in the cart.
enum class AcceptedId { code, shopper };

struct GateOptions {
  std::string store_id;
  std::vector<std::string> also_known_as;
  AcceptedId accepted_id = AcceptedId::code;
  milliseconds stale_after{0};  ///< age of the cache above which it is stale; 0: never
  bool reject_when_stale = false;
  sync::SettlementMode settlement = sync::SettlementMode::none;
  std::string bearer_token;  ///< '' : none demanded
  milliseconds ask_cloud_deadline{300};
  std::string path_prefix;                    ///< in front of every route: '' or "/prod"
  std::vector<std::string> key_channels;      ///< what keyChannel may be; none: anything
  std::size_t identity_keys_per_second = 0;   ///< of one caller; 0: no limit
  std::shared_ptr<const CodeTime> code_time;  ///< null: a code's own time is not looked at
  milliseconds code_max_age{60'000};
  bool shopper_authorization = true;  ///< false: that connector is 404
  AuthorizationPolicy authorization;
  std::size_t log_calls_per_second = 0;  ///< 0: none (interaction_log.hpp)
};

/// Asks the retailer's cloud about whoever the cache does not know, with the same JWO request on
/// the same path (without gate.path_prefix). `done` is called exactly once, on any thread, with the
/// JSON body of a 200 or nullopt (no answer in time, not a 200); what comes after the deadline is
/// ignored. Unset: gate.unknown_shopper is "reject".
using AskCloud = std::function<void(std::string path, std::string body, milliseconds deadline,
                                    std::function<void(std::optional<std::string>)> done)>;

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
  Gate(GateOptions options, store::CacheReader cache, store::LedgerWriter& ledger,
       const Clock& clock, boost::asio::io_context& loop, Observer& observer,
       AskCloud ask_cloud = {});
  ~Gate();

  /// The handler to give to http::Server. It keeps what it needs of this object.
  [[nodiscard]] http::Handler handler();
  /// To give to the same server, so that it receives no body from who shows no proof, or for what
  /// no connector is there for. The handler refuses all that too. Like it, it keeps what it needs.
  [[nodiscard]] http::HeaderCheck header_check();
  /// What SIGHUP may change: everything in the options. On the gate thread.
  void reload(GateOptions options);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace gatehouse::gate
