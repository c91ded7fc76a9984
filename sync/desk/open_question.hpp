#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/ledger/records/open_question.hpp"
#include "store/ledger/records/settlement.hpp"
#include "store/values/time.hpp"

// Charges that wait for a person: which do, what the payments desk is told, and when. All pure.
namespace gatehouse::sync {

/// Why a charge waits for a person. By rank: what stands first is asked first.
enum class QuestionKind {
  none,
  unclear,      ///< a capture, or a checkout that is held, may have charged
  held,         ///< no call is made before a person says so
  not_granted,  ///< its price does not let this ledger charge it
  unvouched,    ///< the ledger lacks history that may have charged it
  unpriced,     ///< the cloud answered a price that cannot be used
  overdue,      ///< later than its time to charge, and still open
};

/// By the wall clock alone whether it is overdue: that is told, and decides nothing.
[[nodiscard]] QuestionKind question_of(const store::Settlement& settlement,
                                       const store::QuestionFacts& facts,
                                       milliseconds charge_window, WallTime now);

/// The `status` of its record: "UNCLEAR" and so on. '' for none.
[[nodiscard]] std::string_view to_text(QuestionKind question);

/// The record for the cloud, without its revision:
///
///   {"tripId":"…","purchaseId":"…","storeId":"…","status":"UNCLEAR","amount":{…},
///    "reason":"…","since":"…Z","asOf":"…Z","tripStartedAt":"…Z","overdue":true,
///    "captureCalls":["…Z"],"looks":2,"lastLookAt":"…Z","terminalId":"…","reconciliationId":"…",
///    "cardStatementTransactionId":"…","decisions":["captured","not_captured","written_off"],
///    "refusedDecision":{"decision":"charge","by":"…","reason":"…"}}
///
/// What is not known is left out. `captureCalls`: when capture calls left, the last one first, at
/// most captures_named_max. `decisions`: the words that would be carried out now (decision.hpp).
/// A not_granted one has `grantedTo`: the ledger that its price names, if any.
[[nodiscard]] std::string open_question_record(std::string_view store_id,
                                               const store::Settlement& settlement,
                                               const store::QuestionFacts& facts,
                                               QuestionKind question, milliseconds charge_window,
                                               WallTime now);

/// So long a charge is in question before anybody is told: what resolves by itself within seconds
/// needs no person. With it, the record is made within a minute.
[[nodiscard]] milliseconds question_grace(milliseconds minute);

/// How long after the record number `asks` (from 1 on) the next one is made, where nothing new
/// happened: the answer to it is the payments desk's next chance to say something. 2, 8, 10 and 20
/// min, then each hour: the times of the looks at a capture in doubt. nullopt: never. What another
/// ledger charges is told of once: with two boxes that is half of all trips, and nothing happens
/// to it here.
[[nodiscard]] std::optional<milliseconds> next_ask(QuestionKind question, int asks,
                                                   milliseconds minute);
/// The longest next_ask(), for a real minute.
inline constexpr milliseconds next_ask_max = std::chrono::hours{1};

}  // namespace gatehouse::sync
