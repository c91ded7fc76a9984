#pragma once

#include <vector>

#include "daemon/local/facts/facts.hpp"
#include "daemon/local/warnings/warning.hpp"

namespace gatehouse::local {

/// Appends what is to be said of the sign by which a capture in doubt is known to have been made.
/// A person acknowledges that it is none with jwo.reconciliation_means_captured = false. Pure.
void assess_evidence(const Facts& facts, std::vector<Warning>& out);

}  // namespace gatehouse::local
