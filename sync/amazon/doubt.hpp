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

/// How what transactional data shows is remembered: '' : no reconciliationId, else the SHA-256 of
/// it in hexadecimal, so that nobody's answer can be too long to keep.
[[nodiscard]] std::string shown(std::string_view reconciliation_id);

/// Whether `now`, as shown(), proves that a capture of this trip had its effect: a reconciliationId
/// that transactional data did not show right before it left. Where it was not asked then, was not
/// answered, or showed the same one, it proves nothing; nor where no capture was sent.
[[nodiscard]] bool proves_capture(const store::Settlement& settlement, std::string_view now);

/// What becomes of a capture that is due, after the look before it. started: it leaves; also where
/// nothing was answered, which delays no charge. A charge in doubt goes on to be doubted by it, for
/// a repetition must not leave beside evidence, nor where there is none: reconciled (the earlier
/// one was made), undecided (something shows that proves nothing) or doubtful (no answer).
/// One that is not in doubt is, undecided, where a reconciliationId has come since an earlier
/// capture: whoever denied that one, an answer or a person, may have been wrong. That holds it
/// once, for then the id was there before, and a person who says so again is obeyed. The same is
/// one of a trip that was withheld, which another ledger may have captured.
struct LookBefore {
  std::optional<std::string> shown{};  ///< nullopt: no answer
  bool decides = true;  ///< a reconciliationId counts: configured so, and found sound so far
};
[[nodiscard]] Event after_look_before(const store::Settlement& settlement, const LookBefore& look);

/// Why a charge is where that put it.
[[nodiscard]] std::string reason_before_capture(const store::Settlement& settlement, Event event,
                                                const LookBefore& look);

/// Whether the look before a capture tells that a reconciliationId is no sign of a capture: this
/// ledger never sent one of the trip, and there it is. The trip is charged all the same. Of one
/// that another ledger may have captured it tells nothing.
[[nodiscard]] bool is_unsound(const store::Settlement& settlement, const LookBefore& look);

/// What a 400 means that came to a capture where an earlier one may have charged: unclear, for it
/// may say that the trip is charged already. Everything else as it is.
[[nodiscard]] Event beside_earlier_captures(const store::Settlement& settlement, Event event);

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
