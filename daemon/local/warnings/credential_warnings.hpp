#pragma once

#include <vector>

#include "daemon/local/facts/facts.hpp"
#include "daemon/local/warnings/warning.hpp"

namespace gatehouse::local {

/// Appends what is to be said of the keys that sign: those of [aws], and those of roles that feed
/// and cloud have of their own. Pure.
void assess_credentials(const Facts& facts, std::vector<Warning>& out);

}  // namespace gatehouse::local
