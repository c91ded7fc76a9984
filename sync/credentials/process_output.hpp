#pragma once

#include <string_view>

#include "sync/credentials/issued.hpp"

namespace gatehouse::sync {

/// What a credential process printed: {"Version":1,"AccessKeyId":…,"SecretAccessKey":…} with
/// optional SessionToken and Expiration (as the AWS SDKs define it). Without an Expiration the keys
/// do not expire. Any bytes are safe to give; the error repeats none of them.
[[nodiscard]] Result<IssuedCredentials> read_process_output(std::string_view output, WallTime now);

}  // namespace gatehouse::sync
