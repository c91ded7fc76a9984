#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/ledger/records/settlement.hpp"
#include "store/values/time.hpp"
#include "sync/amazon/settlement.hpp"

// A capture that may have charged and may not: the looks at transactional data that it gets, and
// what may follow from them. All pure. Why it is so is in settlement.hpp.
namespace gatehouse::sync {

/// capture_unknown and held. (What is held for another reason is not looked at: call_of().)
[[nodiscard]] bool is_in_doubt(store::SettlementState state);

/// The capture calls of a trip that may have charged it.
[[nodiscard]] int captures_that_count(const store::Settlement& settlement);

/// Whether a capture may leave by itself. A charge that is not in doubt: yes. One that is: only
/// where it may be repeated (`repeats`) and was not yet.
[[nodiscard]] bool may_capture(const store::Settlement& settlement, bool repeats);

/// What follows from a look at transactional data that was answered, and shows no capture.
struct ClearLook {
  bool repeats = false;           ///< jwo.unknown_capture = "ask_then_repeat"
  int captures = 1;               ///< captures_that_count()
  int clear_looks = 1;            ///< since the last capture, this one included
  milliseconds since_capture{0};  ///< by the steady clock: a clock that is set repeats nothing
};
/// missing: repeat it; absent: look again; undecided: a person's turn (and it is looked again).
/// `minute` is a minute, and less in tests.
[[nodiscard]] Event after_clear_look(const ClearLook& look, milliseconds minute);

/// How long after the look number `clear_looks` the next one comes: 2, 10, 20 and 40 min after the
/// capture, then each hour, as long as the charge is in doubt.
[[nodiscard]] milliseconds next_look(int clear_looks, milliseconds minute);
/// The longest next_look(), for a real minute.
inline constexpr milliseconds next_look_max = std::chrono::hours{1};

/// How many looks were answered and showed nothing, after this event; nullopt: as many as before.
[[nodiscard]] std::optional<int> clear_looks_after(const store::Settlement& settlement,
                                                   Event event);

/// Why a charge in doubt is where a look put it. `answer`: what is to be said of the answer.
[[nodiscard]] std::string reason_after_look(const store::Settlement& settlement, Event event,
                                            std::string_view answer);

}  // namespace gatehouse::sync
