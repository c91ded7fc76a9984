#pragma once

#include <string>
#include <string_view>

namespace gatehouse::gate {

/// The same bytes with every run of digits that could be a card number replaced by as many `*`:
/// what is kept of a cart that was refused may hold anything. Nothing else changes, nor the length.
///
/// Such a run is 13 to 19 digits with a digit before and after it missing, whose last digit is
/// right by Luhn's rule (ISO/IEC 7812-1); or the same in groups as cards print it, 4-4-4-4 (and up
/// to 3 more), 4-6-5 or 4-6-4, with one blank, dash, dot, tab or no-break space between all groups
/// and no letter or digit right beside it; a part of a UUID is none. A longer run is no card
/// number, and one in ten of other numbers of that length (a GTIN-14) is masked too. Digits written
/// as JSON escapes, and numbers cut apart in other ways, are not found.
[[nodiscard]] std::string with_masked_card_numbers(std::string_view text);

}  // namespace gatehouse::gate
