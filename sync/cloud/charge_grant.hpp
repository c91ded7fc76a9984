#pragma once

#include <cstddef>
#include <string_view>

#include "store/ledger/records/charge_grant.hpp"
#include "store/values/result.hpp"

namespace gatehouse::sync {

/// Where the answer to a cart names the ledger that may charge: in its price, or beside the priced
/// cart for Amazon's checkout service, which Amazon gets as it stands.
enum class GrantPlace { charge, beside_checkout_cart };

inline constexpr std::size_t ledger_name_max_bytes = 128;

/// Who may charge, as the answer to a cart says it: {"charge":{…,"ledger":"ID.ERA"}}, or
/// {"checkoutCart":{…},"ledger":"ID.ERA"}; and {"settledElsewhere":true}. What is absent, null or
/// "" says nothing. Remedy::reject: a ledger that is no text of at most ledger_name_max_bytes
/// printable characters, or a settledElsewhere that is neither true nor false: then nothing of the
/// answer may be charged.
[[nodiscard]] Result<store::ChargeGrant> grant_in(std::string_view answer, GrantPlace place);

}  // namespace gatehouse::sync
