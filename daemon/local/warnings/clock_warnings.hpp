#pragma once

#include <vector>

#include "daemon/local/facts/facts.hpp"
#include "daemon/local/warnings/warning.hpp"

namespace gatehouse::local {

/// Appends what is to be said of this machine's clock: that it is wrong, that others contradict it,
/// or that nothing has confirmed it for clock_unconfirmed_long. Pure.
void assess_clock(const Facts& facts, std::vector<Warning>& out);

/// So long a clock may be without confirmation: it takes two answers from outside.
inline constexpr std::chrono::minutes clock_unconfirmed_long{15};

}  // namespace gatehouse::local
