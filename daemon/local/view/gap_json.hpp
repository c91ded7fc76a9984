#pragma once

#include <nlohmann/json_fwd.hpp>

#include "store/ledger/ledger_identity.hpp"

namespace gatehouse::local {

/// {"kind", "foundAt", "sequence", "expected": {"ledger", "era", "sequence"}}, the last null where
/// the witness could not be read; null where there is no gap.
[[nodiscard]] nlohmann::ordered_json gap_json(const std::optional<store::LedgerGap>& gap);
/// {"count", "withoutPrice", "amounts": ["15.99 USD", …]}
[[nodiscard]] nlohmann::ordered_json withheld_json(const store::WithheldCharges& withheld);

}  // namespace gatehouse::local
