#pragma once

#include <functional>

#include "daemon/configuration/model/configuration.hpp"
#include "daemon/gate/call/gate_options.hpp"
#include "daemon/http/server.hpp"
#include "daemon/local/local_api.hpp"
#include "store/ledger/ledger_thread.hpp"
#include "store/space/disk_space.hpp"
#include "sync/sync_thread.hpp"

namespace gatehouse::process {

// What each part needs of the configuration. Pure: the parts below know nothing of it.
[[nodiscard]] http::Limits gate_limits(const configuration::Gate& gate);
[[nodiscard]] gate::GateOptions gate_options(const configuration::Configuration& configuration);
[[nodiscard]] local::LocalOptions local_options(const configuration::Configuration& configuration);
/// `space` outlives what they are for.
[[nodiscard]] store::LedgerThreadOptions ledger_options(
    const configuration::Configuration& configuration, DiskSpace& space,
    std::function<Result<>()> hold_folder);
[[nodiscard]] sync::SyncOptions sync_options(const configuration::Configuration& configuration);

}  // namespace gatehouse::process
