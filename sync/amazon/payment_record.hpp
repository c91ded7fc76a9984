#pragma once

#include <string>
#include <string_view>

#include "store/ledger/records/delivery.hpp"
#include "store/ledger/records/open_question.hpp"
#include "store/ledger/records/settlement.hpp"
#include "store/values/time.hpp"

namespace gatehouse::sync {

/// The document that tells the retailer's cloud how the charge of a trip ended:
///
///   {"revision":1,
///    "tripId":"…","purchaseId":"…","storeId":"…","status":"CAPTURED|CANCELLED|DECLINED|EXPIRED|CHECKED_OUT",
///    "amount":{"amount":"15.99","code":"USD"},"transactionalData":{…},"settledAt":"…Z"}
///
/// `amount` is left out where there was none (an empty cart). Where a part of it was captured,
/// `"settledAmount":{…}` says how much; the rest is owed. `transactionalData` is what Amazon
/// answered, character for character, and is left out where Amazon had none: of card data it
/// carries brand, last four and expiry, never a full number (services.md 2.5). It is the one place
/// where card data crosses Gatehouse; it is kept in the ledger and sent to the cloud, and must
/// never be logged, shown in a status or put into an error.
///
/// `revision` is put in front by the ledger, which alone knows how often this charge has ended: the
/// highest counts. CAPTURED: Amazon has accepted the capture ("initiated"), or its evidence or a
/// person says that one was made; whether the bank pays is in the payment processor's reports.
/// EXPIRED: the trip was not charged, and Amazon says that the time has passed. CHECKED_OUT:
/// Amazon's checkout service charges it; then `"orderId":"…"` stands instead of the transactional
/// data.
///
/// `"shopperEmail":"…"` is in it where it was asked for (jwo.shopper_email) and Amazon knows one;
/// it is treated like the card data.
///
/// `store_id` is the box's, for a trip that has none of its own. `settlement.state` is the final
/// state that was reached. `details` is the JSON
/// object of transactional data or, where it was checked out, the orderId; '' where there is none.
[[nodiscard]] std::string payment_record(std::string_view store_id,
                                         const store::Settlement& settlement,
                                         std::string_view details, WallTime settled_at,
                                         std::string_view shopper_email = {});

/// The same of a refund that Amazon has taken: status REFUNDED, with `refundRequestId`, and
/// `reconciliationId` where Amazon gave one ('' if not). `request` is the request that was sent.
[[nodiscard]] std::string refund_record(const store::Delivery& delivery, std::string_view request,
                                        std::string_view reconciliation_id, WallTime settled_at);

/// What the transactional data that Amazon answered says of this trip, for the record. What is not
/// a text, or longer than any id is, is left out.
[[nodiscard]] store::LookFacts look_facts(std::string_view details, WallTime at);

}  // namespace gatehouse::sync
