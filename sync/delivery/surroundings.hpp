#pragma once

#include "store/ledger/ledger_reader.hpp"
#include "store/values/time.hpp"
#include "sync/delivery/ledger_port.hpp"
#include "sync/transport/transport.hpp"

namespace gatehouse::sync {

/// What a forwarder or a settler works with and does not own. All of it outlives them.
struct Surroundings {
  store::LedgerReader& reader;
  LedgerPort& port;
  Transport& transport;
  const Clock& clock;
  Chance chance;
};

}  // namespace gatehouse::sync
