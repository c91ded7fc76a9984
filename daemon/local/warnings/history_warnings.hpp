#pragma once

#include <vector>

#include "daemon/local/facts/facts.hpp"
#include "daemon/local/warnings/warning.hpp"

namespace gatehouse::local {

/// Appends what is to be said of a ledger whose history has a gap, and of its witness. Pure.
void assess_history(const Facts& facts, std::vector<Warning>& out);

}  // namespace gatehouse::local
