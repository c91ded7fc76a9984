#pragma once

#include <memory>

#include "daemon/gate/call/gate_options.hpp"
#include "daemon/gate/call/interaction_log.hpp"
#include "daemon/gate/call/observer.hpp"
#include "daemon/gate/call/shopper_lookup.hpp"
#include "store/values/time.hpp"

namespace boost::asio {
class io_context;
}
namespace gatehouse::store {
class LedgerThread;
}

namespace gatehouse::gate {

class DocumentParser;
/// For who owns a parser, and does not parse.
[[nodiscard]] std::shared_ptr<DocumentParser> make_parser();

/// What the calls of one gate have at hand. The gate's state owns what is behind it, and each call
/// keeps that state (answer_call.hpp).
struct CallContext {
  const GateOptions& options;  ///< what SIGHUP brings shows at once
  ShopperLookup& lookup;
  InteractionLog& log;
  const Clock& clock;
  Observer& observer;
  /// One for all: nobody keeps a view into it across a wait.
  DocumentParser& parser;
  store::LedgerThread& ledger;
  boost::asio::io_context& loop;
};

}  // namespace gatehouse::gate
