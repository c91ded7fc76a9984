#include "daemon/command/iam_policy.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "daemon/command/render.hpp"

namespace gatehouse::command {
namespace {

using Json = nlohmann::ordered_json;
using configuration::Aws;
using configuration::Configuration;
using sync::CredentialSource;

struct Policy {
  std::string attach_to;
  Json document;
};

Json document(Json statement) {
  return {{"Version", "2012-10-17"}, {"Statement", Json::array({std::move(statement)})}};
}

std::string identity_of_source(const Aws& aws) {
  switch (aws.credentials) {
    case CredentialSource::environment:
      return "the user or role whose credentials are in the daemon's environment";
    case CredentialSource::file:
      return fmt::format("the user or role whose credentials are in [{}] of aws.credentials_file",
                         aws.profile);
    case CredentialSource::process:
      return "the user or role whose credentials aws.credential_process prints";
    case CredentialSource::iot:
      break;
  }
  return fmt::format("the role behind the role alias {}", aws.iot_role_alias);
}

void append_role(const Aws& aws, std::vector<Policy>& policies) {
  policies.push_back(
      {"permissions of " + identity_of_source(aws), document({{"Sid", "AssumeGatehouseRole"},
                                                              {"Effect", "Allow"},
                                                              {"Action", "sts:AssumeRole"},
                                                              {"Resource", aws.assume_role_arn}})});
  Json trust{{"Effect", "Allow"},
             {"Principal", {{"AWS", "<ARN of " + identity_of_source(aws) + ">"}}},
             {"Action", "sts:AssumeRole"}};
  if (!aws.external_id.empty()) {
    trust["Condition"] = {{"StringEquals", {{"sts:ExternalId", aws.external_id}}}};
  }
  policies.push_back({"trust policy of " + aws.assume_role_arn, document(std::move(trust))});
}

void append_iot(const Configuration& c, std::vector<Policy>& policies) {
  policies.push_back({"trust policy of " + identity_of_source(c.aws),
                      document({{"Effect", "Allow"},
                                {"Principal", {{"Service", "credentials.iot.amazonaws.com"}}},
                                {"Action", "sts:AssumeRole"}})});
  policies.push_back({"AWS IoT policy of the certificate aws.iot_certificate",
                      document({{"Effect", "Allow"},
                                {"Action", "iot:AssumeRoleWithCertificate"},
                                {"Resource", "arn:aws:iot:<region>:<account>:rolealias/" +
                                                 c.aws.iot_role_alias}})});
}

std::vector<Policy> policies_for(const Configuration& c, const std::string& resource) {
  if (c.jwo.settlement == sync::SettlementMode::none) return {};
  const bool assumes = !c.aws.assume_role_arn.empty();
  std::vector<Policy> policies;
  policies.push_back(
      {"permissions of " + (assumes ? c.aws.assume_role_arn : identity_of_source(c.aws)),
       document({{"Sid", "PaymentsAPIAccess"},
                 {"Effect", "Allow"},
                 {"Action", "execute-api:Invoke"},
                 {"Resource", resource}})});
  if (assumes) append_role(c.aws, policies);
  if (c.aws.credentials == CredentialSource::iot) append_iot(c, policies);
  return policies;
}

std::string dumped(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

void print(const std::vector<Policy>& policies, std::ostream& out, std::ostream& err) {
  if (policies.empty()) {
    out << "no policy is needed: jwo.settlement is none, so this box does not call Amazon's "
           "services\n";
  }
  for (const auto& [attach_to, policy] : policies) {
    (policies.size() == 1 ? err : out) << "# " << printable(attach_to) << "\n";
    out << dumped(policy);
  }
}

Json to_json(const std::vector<Policy>& policies) {
  Json list = Json::array();
  for (const auto& [attach_to, policy] : policies) {
    list.push_back({{"attachTo", attach_to}, {"policy", policy}});
  }
  return list;
}

}  // namespace

ExitCode iam_policy(const Arguments& arguments, const configuration::Environment& environment,
                    std::ostream& out, std::ostream& err) {
  const auto& resource = arguments.resource;
  if (!resource.starts_with("arn:") || !resource.contains(":execute-api:")) {
    err << "gatehouse: --resource: expected the ARN of Amazon's API, such as "
           "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/*\n";
    return ExitCode::wrong_input;
  }
  const auto loaded = configuration::load(arguments.configuration_file, environment);
  if (!loaded) {
    for (const auto& error : loaded.error()) err << printable(to_text(error)) << "\n";
    return ExitCode::wrong_input;
  }
  const auto policies = policies_for(loaded->configuration, resource);
  if (arguments.json) {
    out << dumped(to_json(policies));
  } else {
    print(policies, out, err);
  }
  return ExitCode::ok;
}

}  // namespace gatehouse::command
