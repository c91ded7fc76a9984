#pragma once

#include <string>
#include <vector>

#include "daemon/local/facts/facts.hpp"
#include "daemon/local/warnings/warning.hpp"

namespace gatehouse::local {

/// The last damage to the ledger that was met since the start, by whoever met it; '' : none.
[[nodiscard]] std::string ledger_damage(const Facts& facts);

/// What an operator should know, the worst first. Pure.
[[nodiscard]] std::vector<Warning> assess(const Facts& facts);

/// What keeps the ledger closed; `trouble` is '' while that is not known yet.
[[nodiscard]] std::string why_not_open(const std::string& trouble);

}  // namespace gatehouse::local
