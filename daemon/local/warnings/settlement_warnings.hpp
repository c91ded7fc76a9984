#pragma once

#include <vector>

#include "daemon/local/facts/facts.hpp"
#include "daemon/local/warnings/warning.hpp"

namespace gatehouse::local {

/// Appends what is to be said of the charges: those that wait for a person, a price or time that is
/// running out, and Amazon's services that they need. Pure.
void assess_settlement(const Facts& facts, std::vector<Warning>& out);

}  // namespace gatehouse::local
