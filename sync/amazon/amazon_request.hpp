#pragma once

#include <string>
#include <string_view>

#include "sync/amazon/jwo_options.hpp"
#include "sync/credentials/keys.hpp"
#include "sync/transport/transport.hpp"

namespace gatehouse::sync {

/// A signed POST to one of Amazon's services. Every signed call is made here, so that what
/// libcurl's signature needs (aws.md B1) is kept in one place: a plain path, no query, the body as
/// one piece, no header but Content-Type.
[[nodiscard]] Request amazon_request(const JwoOptions& jwo, const AwsCredentials& aws,
                                     std::string_view base_url, std::string_view path,
                                     std::string body);

}  // namespace gatehouse::sync
