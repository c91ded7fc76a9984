#pragma once

#include <optional>
#include <string>

#include "store/ledger/records/settlement.hpp"
#include "store/values/money.hpp"

// What Amazon approved of a charge, and what may be captured of it. All pure.
namespace gatehouse::sync {

/// What a capture of this charge states: its price, or the part of it that was approved where that
/// part is captured. Without a price: nothing.
[[nodiscard]] Money to_capture(const store::Settlement& settlement);

/// Whether Amazon's last approval covers what a capture would state.
[[nodiscard]] bool is_approved(const store::Settlement& settlement);

/// What Amazon approved, where that is a part of the price that can be captured instead of it: more
/// than nothing, less than the price, in its currency.
[[nodiscard]] std::optional<Money> approved_part(const store::Settlement& settlement);

/// What happened to a charge of which only this much was approved; `part`: approved_part().
[[nodiscard]] std::string reason_of_partial_approval(const std::optional<Money>& part,
                                                     bool captured);

}  // namespace gatehouse::sync
