#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/configuration/model/configuration.hpp"
#include "daemon/configuration/model/findings.hpp"

namespace gatehouse::configuration {

/// What the name of an API Gateway's host says: ID.execute-api.REGION.amazonaws.com.
struct ApiHost {
  std::string api_id;  ///< '' : it is the name of a VPC endpoint, which serves any API
  std::string region;
};
/// nullopt: another host, such as an API's domain of its own.
[[nodiscard]] std::optional<ApiHost> api_host(const Url& url);

/// Whether requests to it are signed: it has an address, and `auth` is sigv4.
[[nodiscard]] bool is_signed(const Endpoint& endpoint);
/// The region that they are signed for: `region`, that of the host, or jwo.region.
[[nodiscard]] std::string signing_region(const Configuration& c, const Endpoint& endpoint);

/// Whether anything needs the credentials of [aws]: Amazon's services, feed or cloud.
[[nodiscard]] bool needs_aws(const Configuration& c);
/// What waits without them, or without the role of aws.assume_role_arn: "charges, feed queries and
/// deliveries". What has a role of its own is not among it. '' : nothing.
[[nodiscard]] std::string signed_with_aws(const Configuration& c);

/// An error where requests to this URL could never be signed as Amazon verifies it
/// (sync/transport/signed_url.hpp): each of them would fail for ever.
void check_signed_path(const Configuration& c, const Url& url, const std::string& key,
                       Findings& found);

/// What must hold between the keys of `section` (feed or cloud) for auth = "sigv4", and those that
/// have no effect without it.
void check_signing(const Configuration& c, const Endpoint& endpoint, const std::string& section,
                   Findings& found);

}  // namespace gatehouse::configuration
