#include "daemon/configuration/rules/aws_relations.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "daemon/configuration/model/address.hpp"
#include "daemon/configuration/rules/role_arn.hpp"
#include "daemon/configuration/rules/signed_endpoints.hpp"
#include "store/values/text/ascii.hpp"

namespace gatehouse::configuration {
namespace {

using sync::CredentialSource;

bool is_made_of(std::string_view text, std::string_view more) {
  return std::ranges::all_of(text,
                             [more](char c) { return is_letter_or_digit(c) || more.contains(c); });
}

bool has_length(std::string_view text, std::size_t min, std::size_t max) {
  return text.size() >= min && text.size() <= max;
}

void check_environment(const Configuration& c, Findings& found) {
  const Aws& aws = c.aws;
  if (aws.access_key_id.empty() != aws.secret_access_key.empty()) {
    found.add({"environment", 0,
               aws.access_key_id.empty() ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY", "",
               "not set, but the other one is: set both or neither"});
  }
  if (!needs_aws(c)) return;
  if (aws.access_key_id.empty()) {
    found.warning("aws.credentials",
                  "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set: every request that is "
                  "signed waits");
  } else if (!aws.session_token.empty()) {
    found.warning("AWS_SESSION_TOKEN",
                  "credentials with a session token expire, and those of the environment cannot be "
                  "renewed: set aws.credentials to file, process or iot");
  }
}

void check_process(const Configuration& c, Findings& found) {
  const auto& command = c.aws.credential_process;
  if (command.empty() || !command.front().starts_with('/')) {
    found.error(c, "aws.credentials",
                "needs aws.credential_process: the absolute path of a program, then its arguments, "
                "such as [\"/usr/bin/aws_signing_helper\", \"credential-process\"]");
  } else if (::access(command.front().c_str(), X_OK) != 0) {
    found.error(c, "aws.credentials",
                fmt::format("aws.credential_process cannot be executed: {}: {}", command.front(),
                            std::strerror(errno)));
  }
}

void check_iot(const Configuration& c, Findings& found) {
  const Aws& aws = c.aws;
  const auto needs = [&](bool missing, std::string_view key, std::string_view content) {
    if (missing) found.error(c, "aws.credentials", fmt::format("needs aws.{}: {}", key, content));
  };
  needs(aws.iot_endpoint.empty(), "iot_endpoint",
        "the host that `aws iot describe-endpoint --endpoint-type iot:CredentialProvider` prints");
  needs(aws.iot_role_alias.empty(), "iot_role_alias",
        "the alias of the role whose credentials are requested");
  needs(aws.iot_certificate.source.empty(), "iot_certificate",
        "the device certificate, a PEM file");
  needs(aws.iot_key.source.empty(), "iot_key", "its private key, a PEM file");
}

void check_iot_text(const Configuration& c, Findings& found) {
  const Aws& aws = c.aws;
  if (!is_made_of(aws.iot_endpoint, ".-:")) {
    found.error(c, "aws.iot_endpoint",
                "expected a host such as abc.credentials.iot.us-east-1.amazonaws.com, without "
                "https:// and path");
  }
  if (!is_made_of(aws.iot_role_alias, "_=,@-") || !has_length(aws.iot_role_alias, 0, 128)) {
    found.error(c, "aws.iot_role_alias", "expected up to 128 letters, digits and _=,@-");
  }
  if (!is_made_of(aws.iot_thing_name, ":_-") || !has_length(aws.iot_thing_name, 0, 128)) {
    found.error(c, "aws.iot_thing_name", "expected up to 128 letters, digits and :_-");
  }
}

void check_source(const Configuration& c, Findings& found) {
  switch (c.aws.credentials) {
    case CredentialSource::environment:
      return check_environment(c, found);
    case CredentialSource::file:
      if (c.aws.credentials_file.source.empty()) {
        found.error(c, "aws.credentials",
                    "needs aws.credentials_file: the absolute path of a shared credentials file "
                    "that the daemon's user can read");
      }
      if (c.aws.profile.empty()) found.error(c, "aws.profile", "expected the name of a profile");
      return;
    case CredentialSource::process:
      return check_process(c, found);
    case CredentialSource::iot:
      return check_iot(c, found);
  }
}

// What is configured and not used is most likely a forgotten aws.credentials.
void check_unused(const Configuration& c, Findings& found) {
  const Aws& aws = c.aws;
  const auto unused = [&](bool given, CredentialSource needed, std::string_view key,
                          std::string_view source) {
    if (given && aws.credentials != needed) {
      found.warning(fmt::format("aws.{}", key),
                    fmt::format("has no effect unless aws.credentials is {}", source));
    }
  };
  unused(!aws.credentials_file.source.empty(), CredentialSource::file, "credentials_file", "file");
  unused(!aws.credential_process.empty(), CredentialSource::process, "credential_process",
         "process");
  unused(!aws.iot_endpoint.empty(), CredentialSource::iot, "iot_endpoint", "iot");
  unused(!aws.iot_certificate.source.empty(), CredentialSource::iot, "iot_certificate", "iot");
}

// What is for assuming a role, whosever it is.
void check_session(const Configuration& c, Findings& found) {
  const Aws& aws = c.aws;
  if (aws.assume_role_arn.empty() && c.feed.assume_role_arn.empty() &&
      c.cloud.assume_role_arn.empty()) {
    const auto alone = [&](bool given, std::string_view key) {
      if (given) found.error(c, key, "needs aws.assume_role_arn, or a role of feed or cloud");
    };
    alone(!aws.external_id.empty(), "aws.external_id");
    alone(!aws.session_name.empty(), "aws.session_name");
    alone(!aws.sts_url.text.empty(), "aws.sts_url");
    return alone(!aws.sts_ca_file.source.empty(), "aws.sts_ca_file");
  }
  if (!aws.external_id.empty() &&
      (!has_length(aws.external_id, 2, 1224) || !is_made_of(aws.external_id, "_+=,.@:/-"))) {
    found.error(c, "aws.external_id", "expected 2 to 1224 letters, digits and _+=,.@:/-");
  }
  if (!aws.session_name.empty() &&
      (!has_length(aws.session_name, 2, 64) || !is_made_of(aws.session_name, "_+=,.@-"))) {
    found.error(c, "aws.session_name", "expected 2 to 64 letters, digits and _+=,.@-");
  }
  if (is_unencrypted(aws.sts_url)) {
    found.warning("aws.sts_url",
                  "plain http to another machine: the role's credentials can be intercepted");
  }
}

void check_role(const Configuration& c, Findings& found) {
  const Aws& aws = c.aws;
  if (aws.assume_role_arn.empty()) return;
  if (!is_role_arn(aws.assume_role_arn)) {
    found.error(c, "aws.assume_role_arn", std::string(role_arn_expected));
  }
  if (c.jwo.region.empty()) found.error(c, "jwo.region", "required with aws.assume_role_arn");
}

}  // namespace

void check_aws(const Configuration& c, Findings& found) {
  check_source(c, found);
  check_iot_text(c, found);
  check_unused(c, found);
  check_session(c, found);
  check_role(c, found);
}

}  // namespace gatehouse::configuration
