#pragma once

#include "store/ledger/records/delivery.hpp"
#include "sync/delivery/judgement.hpp"
#include "sync/transport/transport.hpp"

namespace gatehouse::sync {

/// What a reply of the retailer's cloud says about a record. Every reply has a verdict, and none
/// ends a record that was not the service's own word about it. What a gateway, a proxy or a service
/// at a wrong address answers is the destination's state, and the record is tried again:
///
///  - 2xx, empty or JSON without an error member (error_member.hpp): delivered. Any other 2xx:
///  retry;
///    with a body that is no JSON, or says something twice, it is unclear, too.
///  - 409: delivered where its JSON object has our purchase id or trip id as a value and no error
///    member, or where it is empty and `delivery.unclear`. Else it is what idempotency middleware
///    says while the first request is still being worked on: retry. With Retry-After: retry.
///    Where it stays so, another request has the key (KeyConflict).
///  - 401, 403, 3xx: locked_out.
///  - 404, 405, 407, 421, 425, 429, 451: retry.
///  - Any other 4xx: refused with an error member and without x-amzn-ErrorType, which is an API
///    gateway's; else retry. 422 is KeyConflict::certain.
///  - 5xx, 408, no answer: retry. Unclear where the request may have been done and its answer lost:
///    408, 502, 504, no answer to what was sent.
///
/// Pure.
[[nodiscard]] Judgement judge_cloud_answer(const store::Delivery& delivery, const Reply& reply);

}  // namespace gatehouse::sync
