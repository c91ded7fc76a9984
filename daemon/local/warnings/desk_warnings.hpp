#pragma once

#include <vector>

#include "daemon/local/facts/facts.hpp"
#include "daemon/local/warnings/warning.hpp"

namespace gatehouse::local {

/// Appends what is to be said of the payments desk's decisions, and of the reports of who owes
/// what. Pure.
void assess_desk(const Facts& facts, std::vector<Warning>& out);

}  // namespace gatehouse::local
