#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/ledger/records/decision.hpp"
#include "store/ledger/records/settlement.hpp"
#include "store/values/result.hpp"
#include "store/values/time.hpp"
#include "sync/amazon/jwo_options.hpp"
#include "sync/amazon/operator_action.hpp"
#include "sync/transport/json_document.hpp"

// A person's word about a charge, from the retailer's cloud or at the box: what follows from it.
// All pure, and by the same rules as an operator's act (operator_action.hpp).
namespace gatehouse::sync {

struct DecisionStep {
  enum class Kind {
    move,     ///< the charge goes to `step`
    nothing,  ///< it is so already
    later,    ///< a call is under way: to be decided when its outcome is on disk
    refused,  ///< and nothing is done: see `reason`
  };
  Kind kind = Kind::refused;
  OperatorStep step{};
  std::string reason{};
};

/// captured and not_captured say what became of a capture in doubt; charge is a release;
/// written_off ends the charge without another call (its pre-authorisation lapses by itself).
/// `confirms`, with charge: exactly this price passes the limits of the configuration; refused
/// where the price is another one.
[[nodiscard]] DecisionStep step_of(const store::Settlement& settlement, store::DecisionWord word,
                                   const std::optional<Money>& confirms = std::nullopt);

/// The same of a word that came from the cloud. One that says that no capture was made says so of
/// the captures that its record told of: where a later one has left since, or another doubt has
/// come up, it is refused. So is one that lets a not_granted charge be made, unless its record told
/// that it is not_granted; and one that names no record, but for the first capture in doubt.
[[nodiscard]] DecisionStep step_of(const store::Settlement& settlement,
                                   const store::Decision& decision);

/// The price that a decision confirms: {"confirm":true,"amount":{"amount":"15.99","code":"USD"}}
/// beside "decision":"charge". nullopt inside: none. Remedy::reject: confirm is neither true nor
/// false, comes with another word, or without an amount that can be read.
[[nodiscard]] Result<std::optional<Money>> confirmed_in(const JsonValue& decision,
                                                        store::DecisionWord word);

/// "decided at the cloud by Ann: the shopper was charged". `where` is put after "decided".
[[nodiscard]] std::string decision_reason(store::DecisionWord word, std::string_view by,
                                          std::string_view where, bool confirms = false);

/// The name of who decides: one line of printable text, at most 128 characters of it.
[[nodiscard]] bool is_name(std::string_view text);
inline constexpr std::size_t name_characters_max = 128;

/// What a final state owes: the cloud its record, and Amazon a report where that is wanted.
struct Owed {
  std::string store_id;
  bool payment_status = false;  ///< jwo.report_payment_status
  TimeUnit payment_status_time = TimeUnit::seconds;
};
/// The change that an act or a decision of a person is.
[[nodiscard]] store::SettlementChange operator_change(const Owed& owed,
                                                      const store::Settlement& settlement,
                                                      const OperatorStep& step, std::string reason,
                                                      WallTime now);

}  // namespace gatehouse::sync
