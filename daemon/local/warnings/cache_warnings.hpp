#pragma once

#include <vector>

#include "daemon/local/facts/facts.hpp"
#include "daemon/local/warnings/warning.hpp"

namespace gatehouse::local {

/// The cache that serves is empty because the one before was damaged, and the feed has not filled
/// it yet: the damaged one is kept, so a start in between changes nothing.
[[nodiscard]] bool is_begun_anew(const sync::SyncStatus& sync);

/// Appends what is to be said of a cache that is damaged, or that stands in for another. Pure.
void assess_cache(const Facts& facts, std::vector<Warning>& out);

}  // namespace gatehouse::local
