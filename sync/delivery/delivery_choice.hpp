#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "store/ledger/records/delivery.hpp"
#include "sync/delivery/probe.hpp"

namespace gatehouse::sync {

/// Live work before backlog, and the backlog never starved: of every four deliveries started, three
/// are the newest that are due and one is the oldest.
inline constexpr std::uint64_t backlog_every = 4;

/// How many of the next `slots` deliveries go to the backlog, after `started` were started so far.
[[nodiscard]] std::size_t backlog_share(std::uint64_t started, std::size_t slots);

/// True of what is in flight, or must wait for another reason.
using IsOut = std::move_only_function<bool(const store::DueDelivery&) const>;

/// Chooses up to `slots` of the due deliveries, at most one a trip and none that `is_out`. Both
/// lists are of the same due deliveries, cut to a limit. Result: in the order to start them.
[[nodiscard]] std::vector<store::DueDelivery> choose(std::vector<store::DueDelivery> newest,
                                                     std::vector<store::DueDelivery> oldest,
                                                     std::size_t slots, std::uint64_t started,
                                                     const IsOut& is_out);

/// The probe of both lists, as in probe.hpp. Empty if there is none.
[[nodiscard]] std::vector<store::DueDelivery> choose_probe(std::vector<store::DueDelivery> newest,
                                                           std::vector<store::DueDelivery> oldest,
                                                           const ProbeTurn& turn,
                                                           const IsOut& is_out);

}  // namespace gatehouse::sync
