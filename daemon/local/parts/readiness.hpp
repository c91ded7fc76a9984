#pragma once

#include <string>
#include <vector>

#include "daemon/local/facts/facts.hpp"

namespace gatehouse::local {

/// What a caller may rely on the box for.
enum class Service {
  scans,  ///< are answered, and there is somebody who may be let in
  carts,  ///< are taken
  all,    ///< answers and takes both, and what is in the ledger can be read
};

/// An empty cache stands in for cache.db, or has followed a damaged one, and the gate rejects whom
/// it does not find: nobody can be let in. What the feed has filled, if only in part, is not empty,
/// and it keeps what it holds while the feed is read again from its start.
[[nodiscard]] bool lets_nobody_in(const ProcessFacts& process);

/// Why /readyz (of one service: /readyz/scans, /readyz/carts) says no. Empty: ready. No internet
/// connection is needed for any of it, so a box that is offline is ready. It agrees with the parts:
/// scans need the gate and the cache, carts the gate and the ledger, and what keeps one of them
/// from it is a failed part (health.hpp). `all` is about being able to answer, and does not ask
/// whether anybody is let in. Scans and carts need no count of the ledger: `facts` may be without.
/// Pure.
[[nodiscard]] std::vector<std::string> unready_reasons(const Facts& facts,
                                                       Service service = Service::all);

}  // namespace gatehouse::local
