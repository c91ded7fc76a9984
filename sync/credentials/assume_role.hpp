#pragma once

#include "sync/credentials/issued.hpp"
#include "sync/credentials/options.hpp"
#include "sync/transport/transport.hpp"

namespace gatehouse::sync {

/// STS AssumeRole, signed with the keys of the source, for as long as STS gives by default (1 h,
/// which is also the most where one role assumes another). JSON is asked for through Accept, which
/// STS understands although only its XML is documented.
[[nodiscard]] Request assume_role_request(const RoleOptions& role, const AwsCredentials& keys);

/// The role's keys in the answer; any bytes are safe to give. `source` ("iot") names who assumes
/// where the answer does not. A refusal names both sides and the trust policy that is missing, as
/// the FAQ explains it; the error repeats nothing else of the body.
[[nodiscard]] Result<IssuedCredentials> read_assume_role_answer(const RoleOptions& role,
                                                                std::string_view source,
                                                                const Reply& reply, WallTime now);

}  // namespace gatehouse::sync
