#pragma once

#include "daemon/local/ledger/local_ledger.hpp"
#include "daemon/local/request/local_options.hpp"
#include "store/values/time.hpp"

namespace gatehouse::local {

/// What a change works with. `ledger` is open. Valid as long as the local API; everything on its
/// loop.
struct ChangeContext {
  const LocalOptions& options;
  LocalLedger& ledger;
  const Clock& clock;
  const FactsSource& facts;
};

}  // namespace gatehouse::local
