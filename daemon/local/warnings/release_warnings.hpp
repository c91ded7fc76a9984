#pragma once

#include <vector>

#include "daemon/local/facts/facts.hpp"
#include "daemon/local/warnings/warning.hpp"

namespace gatehouse::local {

/// Appends what is to be said of a release that was taken back. Pure.
void assess_release(const Facts& facts, std::vector<Warning>& out);

}  // namespace gatehouse::local
