#pragma once

#include <string>

#include "store/values/time.hpp"

namespace gatehouse {

/// For people, in the two largest units: "45 s", "3 h 12 min", "2 d 5 h". A negative age (a clock
/// that jumped) is "0 s".
[[nodiscard]] std::string age_text(milliseconds age);

}  // namespace gatehouse
