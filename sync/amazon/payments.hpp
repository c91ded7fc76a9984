#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/ledger/records/settlement.hpp"
#include "sync/amazon/jwo_options.hpp"
#include "sync/amazon/settlement.hpp"
#include "sync/credentials/keys.hpp"
#include "sync/transport/transport.hpp"

namespace gatehouse::sync {

/// The signed request of one call for one trip (services.md 2.1-2.3, 2.5, 3). Adjust and capture
/// need `settlement.amount`, of which a capture states to_capture(); it is printed as a JSON number
/// with exactly the digits of its currency. `subject`: for checkout the cart, sent as it is; for
/// the shopper's identity (2.6) the shopper's id. `store_id` is the box's: a trip that has its own
/// is sent with that.
[[nodiscard]] Request payment_request(const JwoOptions& jwo, const AwsCredentials& aws,
                                      std::string_view store_id,
                                      const store::Settlement& settlement, Call call,
                                      std::string subject = {});

/// What a reply to one call means. To the question for a shopper a JSON object is an answer, with
/// an address or without (an unknown shopper is a 200, services.md 2.6).
struct PaymentAnswer {
  Event event = Event::unclear;
  std::string reason{};    ///< what came and what to do; '' when all is well. Never a body.
  bool well = false;       ///< the service did its part: no failure of the destination
  bool certain = false;    ///< a failure that would meet every trip: line, credentials, URL
  bool throttled = false;  ///< 429
  /// Transactional data: the JSON object exactly as it came. Checkout: the orderId. Shopper
  /// identity: the e-mail address, '' where Amazon knows none.
  std::string details{};
  std::string reconciliation_id{};  ///< of transactional data, '' where there is none
  /// Of an adjust that was APPROVED: for how much. Nothing at all where it cannot be read.
  std::optional<Money> approved{};
  /// It failed for the time that this machine's clock has (failed_for_its_time()): it counts as no
  /// attempt.
  bool no_attempt = false;
};

/// Reads a reply; any bytes are safe to give. A 2xx to capture and cancel is done (means_done());
/// to the others it counts only with the body that the contract promises: for adjust and
/// transactional data a JSON object without an error in it, for checkout one with an orderId (200
/// and 201 are both documented, services.md 3). `requested` is the amount that was asked for.
[[nodiscard]] PaymentAnswer read_payment_answer(Call call, const std::optional<Money>& requested,
                                                const Reply& reply);

}  // namespace gatehouse::sync
