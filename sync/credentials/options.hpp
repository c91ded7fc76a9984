#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sync/credentials/keys.hpp"
#include "sync/credentials/source.hpp"

namespace gatehouse::sync {

/// AWS IoT credentials provider. Its host is the account's: `aws iot describe-endpoint
/// --endpoint-type iot:CredentialProvider`.
struct IotOptions {
  std::string endpoint;  ///< host, or host:port
  std::string role_alias;
  std::string thing_name;  ///< '' : not sent; needed where policies use thing variables
  std::string certificate_file;
  std::string key_file;
  std::string ca_file;  ///< trusted beside the system's authorities; ''
};

/// STS AssumeRole on top of whatever the source gives.
struct RoleOptions {
  std::string arn;  ///< '' : no role is assumed
  std::string external_id;
  std::string session_name;
  std::string sts_url;  ///< '' : the region's
  std::string ca_file;
  std::string region;
  std::string key{"aws.assume_role_arn"};  ///< the setting that names it
};

struct CredentialOptions {
  bool wanted = false;   ///< false: nobody signs anything, so nothing is fetched
  std::string used_for;  ///< what waits while there are none: "charges and deliveries"
  CredentialSource source = CredentialSource::environment;
  AwsCredentials environment;
  std::filesystem::path file;
  std::string profile;
  std::vector<std::string> command;  ///< an absolute path, then arguments as they stand: no shell
  IotOptions iot;
  RoleOptions role;
};

/// Those of [aws], and those of the roles that feed and cloud may have of their own, each assumed
/// with what the source gives. Not wanted: they sign with the first ones, or do not sign.
struct KeyRingOptions {
  CredentialOptions shared;
  CredentialOptions feed;
  CredentialOptions cloud;
};

}  // namespace gatehouse::sync
