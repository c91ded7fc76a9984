#pragma once

#include <optional>
#include <string>

#include "store/ledger/records/settlement.hpp"
#include "store/values/money.hpp"
#include "store/values/time.hpp"
#include "sync/amazon/jwo_options.hpp"
#include "sync/amazon/settlement.hpp"

// How much a charge may be, and how often it may be asked for. All pure.
namespace gatehouse::sync {

/// Why this call may not be made now, and what to do; '' : it may. Asked before each call that
/// changes something, so that a lower limit counts from the reload on.
///
/// Of an adjust, a capture and a checkout: its amount is in the store's currency, one that Amazon
/// has published the form of, and at most ChargeLimit::most; whole minor units are compared. (Where
/// no currency was said, the limit is taken as one of the price's.) What a person has confirmed
/// (Settlement::confirmed) passes, and no other price.
/// Of an adjust: no capture may have left, and adjusts_max is not reached. Of a capture: Amazon has
/// approved what it states. Of both: no cancel may have left. Of the first cancel for an empty
/// cart: no cart with items followed, unless a person has decided about it since.
[[nodiscard]] std::string objection_to(const store::Settlement& settlement, Call call,
                                       const ChargeLimit& limit);

/// Amazon's examples and rules have two decimals (services.md 1.3); what it makes of a third one is
/// not published.
inline constexpr int amazon_decimals = 2;

/// The adjust calls that count: those that were answered PENDING, and those that a stop of the
/// process cut off. What failed otherwise has the retry policy, and what a person released has all
/// of them again.
[[nodiscard]] int adjusts_that_count(const store::Settlement& settlement);

/// So many in a trip's life: then it is held. The last one leaves a little more than four hours
/// after the first.
inline constexpr int adjusts_max = 10;

/// Until the next one, after so many that counted: 30 s, and twice as long each time.
[[nodiscard]] milliseconds next_adjust(int adjusts);
/// The longest of them.
inline constexpr milliseconds next_adjust_max{30'000 << (adjusts_max - 2)};

/// Settlement::adjusts_not_counted after this outcome of a call; nullopt: as before.
[[nodiscard]] std::optional<int> adjusts_not_counted_after(const store::Settlement& settlement,
                                                           Event event);

}  // namespace gatehouse::sync
