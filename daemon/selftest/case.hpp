#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/values/time.hpp"

namespace gatehouse::selftest {

/// Amazon's test plans, as far as their cases can be read.
enum class Plan { identity, ordering, fraud };

/// What the cases need to know of the box they run against. What is '' makes the cases that need
/// it not run.
struct Setup {
  std::string store_id;
  std::string known_key;      ///< decoded code of an active shopper in the feed
  std::string associate_key;  ///< and of an associate
  // Ids (after "instrument:") of documents in the feed.
  std::string accepted_instrument;  ///< decision accept
  std::string denied_instrument;    ///< decision deny
  std::string adjusted_instrument;  ///< authorize, in USD
  std::string indebted_instrument;  ///< outstanding, no decision
  /// Whether to run the cart that claims to be a card-entry trip: where the box settles, it asks
  /// Amazon to charge a trip that Amazon does not know.
  bool card_entry = false;
  std::string run;  ///< 12 hexadecimal digits, new for each run: carts of two runs are two carts
  WallTime now;     ///< what events are dated with
  /// gate.identifier_types of the box (none: any); nullopt: not known, so Amazon's own.
  std::optional<std::vector<std::string>> identifier_types = std::nullopt;
};

/// One request, and what must come back.
struct Step {
  std::string body;
  unsigned status = 200;
  std::string error = {};  ///< what errorMsg must begin with, '' for anything
  nlohmann::json members =
      {};                    ///< what the answer must have, whatever else is in it; null: nothing
  std::string filled = {};   ///< an array of the answer that must not be empty; '' for none
  bool same_answer = false;  ///< as the step before
};

/// One numbered case of Amazon's test pages (connectors.md 2.6, 3.4, 4.3, 6.3).
struct Case {
  Plan plan = Plan::identity;
  std::string_view call;  ///< "identity-keys": numbers are one page's own
  std::string_view path;  ///< below gate.path_prefix
  std::string number;     ///< "3.4"
  std::string title;
  std::vector<Step> steps = {};
  std::string not_run = {};  ///< why it is not run; '' where it is
};

/// Every numbered case, in the order of the pages. The same ones for the tests of the gate and for
/// `gatehouse selftest`.
[[nodiscard]] std::vector<Case> identity_cases(const Setup& setup);
[[nodiscard]] std::vector<Case> ordering_cases(const Setup& setup);
[[nodiscard]] std::vector<Case> fraud_cases(const Setup& setup);
[[nodiscard]] std::vector<Case> all_cases(const Setup& setup);

/// What every trip id of a self-test begins with, so that its carts can be told apart for ever.
inline constexpr std::string_view trip_prefix = "5e1f7e57-";

}  // namespace gatehouse::selftest
