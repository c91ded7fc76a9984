#pragma once

#include "sync/credentials/issued.hpp"
#include "sync/credentials/options.hpp"
#include "sync/transport/transport.hpp"

namespace gatehouse::sync {

/// GET /role-aliases/{alias}/credentials at the AWS IoT credentials provider, over mutual TLS and
/// unsigned: the device certificate is the proof.
[[nodiscard]] Request iot_request(const IotOptions& iot);

/// The keys in its answer; any bytes are safe to give. The error names the HTTP status and what to
/// do, and repeats nothing of the body.
[[nodiscard]] Result<IssuedCredentials> read_iot_answer(const IotOptions& iot, const Reply& reply,
                                                        WallTime now);

}  // namespace gatehouse::sync
