#pragma once

#include <vector>

#include "daemon/local/facts/facts.hpp"
#include "daemon/local/warnings/warning.hpp"

namespace gatehouse::local {

/// Appends what is to be said of a cache that is damaged, or that stands in for another. Pure.
void assess_cache(const Facts& facts, std::vector<Warning>& out);

}  // namespace gatehouse::local
