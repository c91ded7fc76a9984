#pragma once

#include <vector>

#include "daemon/local/facts/facts.hpp"
#include "daemon/local/warnings/warning.hpp"

namespace gatehouse::local {

/// How long a cart that was refused, or was not even received, is worth a warning.
inline constexpr std::chrono::days refused_recently{7};
inline constexpr std::chrono::hours turned_away_recently{24};

/// Carts that the gate did not take: answered 400 and kept, answered 400 and not kept, answered 401
/// or 413.
void assess_refused_carts(const Facts& facts, std::vector<Warning>& out);

}  // namespace gatehouse::local
