#include "daemon/command/iam_policy.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "daemon/command/shown.hpp"
#include "daemon/configuration/rules/signed_endpoints.hpp"

namespace gatehouse::command {
namespace {

using Json = nlohmann::ordered_json;
using configuration::Aws;
using configuration::Configuration;
using configuration::Endpoint;
using sync::CredentialSource;

struct Policy {
  std::string attach_to;
  Json document;
};

Json document(Json statements) {
  if (!statements.is_array()) statements = Json::array({std::move(statements)});
  return {{"Version", "2012-10-17"}, {"Statement", std::move(statements)}};
}

Json invoke(std::string_view name, Json resource) {
  return {{"Sid", std::string(name)},
          {"Effect", "Allow"},
          {"Action", "execute-api:Invoke"},
          {"Resource", std::move(resource)}};
}

std::string partition_of(std::string_view region) {
  if (region.starts_with("cn-")) return "aws-cn";
  return region.starts_with("us-gov-") ? "aws-us-gov" : "aws";
}

/// Stage and path together are one `*`: the first part of the URL's path is the stage, unless the
/// API has a domain of its own or a default stage.
std::string resource_of(const Configuration& c, const Endpoint& endpoint, std::string_view method,
                        std::string_view end_of_path) {
  const auto region = configuration::signing_region(c, endpoint);
  const auto host = configuration::api_host(endpoint.url);
  const bool names_api = host && !host->api_id.empty();
  return fmt::format("arn:{}:execute-api:{}:<account>:{}/*/{}/*{}", partition_of(region), region,
                     names_api ? host->api_id : "<api-id>", method, end_of_path);
}

Json feed_access(const Configuration& c) {
  return invoke("ShopperFeedAccess", resource_of(c, c.feed, "GET", "_changes"));
}

Json cloud_access(const Configuration& c) {
  std::vector<std::string> paths{"v1/order/purchases", "v1/payments/records"};
  if (c.gate.unknown_shopper == configuration::UnknownShopper::ask_cloud) {
    // What the gate asks of unknown shoppers: the same requests as Amazon's.
    for (const auto* path :
         {"v1/identity/scan", "v1/identity/scan/details", "v1/identity/identity-keys"}) {
      paths.emplace_back(path);
    }
  }
  Json resources = Json::array();
  for (const auto& path : paths) resources.push_back(resource_of(c, c.cloud, "POST", path));
  return invoke("CloudAccess", std::move(resources));
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

void append_trust(const Aws& aws, const std::string& role, std::vector<Policy>& policies) {
  Json trust{{"Effect", "Allow"},
             {"Principal", {{"AWS", "<ARN of " + identity_of_source(aws) + ">"}}},
             {"Action", "sts:AssumeRole"}};
  if (!aws.external_id.empty()) {
    trust["Condition"] = {{"StringEquals", {{"sts:ExternalId", aws.external_id}}}};
  }
  policies.push_back({"trust policy of " + role, document(std::move(trust))});
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

/// Statements by the role they are for, '' : the identity of the source. In the order of the keys.
using Grants = std::vector<std::pair<std::string, Json>>;

void grant(Grants& grants, const std::string& role, Json statement) {
  for (auto& [to, statements] : grants) {
    if (to == role) return statements.push_back(std::move(statement));
  }
  grants.emplace_back(role, Json::array({std::move(statement)}));
}

Grants grants_for(const Configuration& c, const std::string& resource) {
  Grants grants;
  const auto role_of = [&c](const Endpoint& endpoint) {
    return endpoint.assume_role_arn.empty() ? c.aws.assume_role_arn : endpoint.assume_role_arn;
  };
  if (c.jwo.settlement != sync::SettlementMode::none) {
    grant(grants, c.aws.assume_role_arn, invoke("PaymentsAPIAccess", resource));
  }
  if (configuration::is_signed(c.feed)) grant(grants, role_of(c.feed), feed_access(c));
  if (configuration::is_signed(c.cloud)) grant(grants, role_of(c.cloud), cloud_access(c));
  return grants;
}

/// One role is a text, as in the FAQ's policy.
Json text_or_list(const std::vector<std::string>& roles) {
  return roles.size() == 1 ? Json(roles.front()) : Json(roles);
}

std::vector<Policy> policies_for(const Configuration& c, const std::string& resource) {
  std::vector<Policy> policies;
  std::vector<std::string> roles;
  for (auto& [role, statements] : grants_for(c, resource)) {
    policies.push_back({"permissions of " + (role.empty() ? identity_of_source(c.aws) : role),
                        document(std::move(statements))});
    if (!role.empty()) roles.push_back(role);
  }
  if (!roles.empty()) {
    policies.push_back({"permissions of " + identity_of_source(c.aws),
                        document({{"Sid", "AssumeGatehouseRole"},
                                  {"Effect", "Allow"},
                                  {"Action", "sts:AssumeRole"},
                                  {"Resource", text_or_list(roles)}})});
  }
  for (const auto& role : roles) append_trust(c.aws, role, policies);
  if (!policies.empty() && c.aws.credentials == CredentialSource::iot) append_iot(c, policies);
  return policies;
}

std::string dumped(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

void print(const std::vector<Policy>& policies, std::ostream& out, std::ostream& err) {
  if (policies.empty()) {
    out << "no policy is needed: jwo.settlement is none, so this box does not call Amazon's "
           "services, and neither feed.auth nor cloud.auth is sigv4\n";
  }
  for (const auto& [attach_to, policy] : policies) {
    (policies.size() == 1 ? err : out) << "# " << for_terminal(attach_to) << "\n";
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
  const auto refuse_resource = [&err](std::string_view why) {
    err << "gatehouse: --resource: " << why
        << "expected the ARN of Amazon's API, such as "
           "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/*\n";
    return ExitCode::wrong_input;
  };
  const bool is_arn = resource.starts_with("arn:") && resource.contains(":execute-api:");
  if (!resource.empty() && !is_arn) return refuse_resource("");
  const auto loaded = configuration::load(arguments.configuration_file, environment);
  if (!loaded) {
    for (const auto& error : loaded.error()) err << for_terminal(to_text(error)) << "\n";
    return ExitCode::wrong_input;
  }
  const Configuration& c = loaded->configuration;
  if (resource.empty() && c.jwo.settlement != sync::SettlementMode::none) {
    return refuse_resource("needed where jwo.settlement is not none: ");
  }
  const auto policies = policies_for(c, resource);
  if (arguments.json) {
    out << dumped(to_json(policies));
  } else {
    print(policies, out, err);
  }
  return ExitCode::ok;
}

}  // namespace gatehouse::command
