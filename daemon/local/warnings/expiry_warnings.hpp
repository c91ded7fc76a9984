#pragma once

#include <vector>

#include "daemon/local/facts/facts.hpp"
#include "daemon/local/warnings/warning.hpp"

namespace gatehouse::local {

/// What expires is a notice, a warning and critical from these days before on. It stays critical
/// once it has expired.
inline constexpr std::chrono::days expiry_notice{60};
inline constexpr std::chrono::days expiry_warning{30};
inline constexpr std::chrono::days expiry_critical{7};

/// Appends what is to be said of the archive's key and the certificates. Pure.
void assess_expiries(const Facts& facts, std::vector<Warning>& out);

}  // namespace gatehouse::local
