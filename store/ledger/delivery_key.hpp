#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "store/ledger/ledger_identity.hpp"
#include "store/ledger/records/delivery.hpp"

namespace gatehouse::store {

/// The Idempotency-Key of a delivery: "<trip id>:cart" and so on; of a refund and its record
/// "<refund request id>:refund". It follows from the id alone, so it is the same for ever, even
/// after a restored backup. An id that does not fit in a header (over 128 bytes, or anything but
/// plain printable ASCII) is put in as its SHA-256, in hexadecimal after "sha256-".
/// A second payment record or payment status of the same trip, and every later one, has its
/// `revision` at the end. Each ledger counts revisions by itself, so before it a payment record has
/// the `series`, if there is one: "<trip id>:payment:1a2b3c4d.1:2". Without it, what another ledger
/// tells of the trip would be answered as a repetition, and be lost.
[[nodiscard]] std::string delivery_key(std::string_view id, DeliveryKind kind,
                                       std::int64_t revision = 1, std::string_view series = {});

/// Of which kind the delivery with this key is; payment_record: also where the key tells nothing.
[[nodiscard]] DeliveryKind kind_of_key(std::string_view key);

/// Of which ledger the revisions are, in short: the first 8 characters of its id, and its era; ''
/// without an id.
[[nodiscard]] std::string revision_series(const LedgerMark& mark);

}  // namespace gatehouse::store
