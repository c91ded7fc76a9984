#include "daemon/configuration/relations.hpp"

#include <fmt/format.h>

#include "daemon/configuration/address.hpp"
#include "daemon/configuration/jwo_endpoints.hpp"
#include "daemon/gate/code_time.hpp"

namespace gatehouse::configuration {
namespace {

// The storeId of the packaged file.
constexpr std::string_view kPlaceholderStore = "STORE-001";

void check_store(const Configuration& c, Findings& found) {
  if (c.store.id.empty()) {
    found.error(c, "store.id",
                "required: set it to the external id of this store in the merchant portal");
  } else if (c.store.id == kPlaceholderStore) {
    found.warning("store.id",
                  "still the placeholder STORE-001: set it to the external id of this store in the "
                  "merchant portal, or Amazon's requests will not match");
  }
}

void check_gate_tls(const Configuration& c, Findings& found) {
  const Gate& gate = c.gate;
  const bool certificate = !gate.tls_certificate.source.empty();
  const bool key = !gate.tls_key.source.empty();
  if (certificate && !key) found.error(c, "gate.tls_certificate", "needs gate.tls_key too");
  if (key && !certificate) found.error(c, "gate.tls_key", "needs gate.tls_certificate too");
  if (!gate.tls_client_ca.source.empty() && !certificate) {
    found.error(c, "gate.tls_client_ca",
                "needs gate.tls_certificate and gate.tls_key: client certificates exist in TLS "
                "alone");
  }
}

void check_gate_exposure(const Configuration& c, Findings& found) {
  if (is_local_only(c.gate.listen.text)) return;
  if (!demands_proof(c.gate) && !c.gate.insecure) {
    found.error(c, "gate.listen",
                "reachable from other machines without proof of who calls: set "
                "gate.tls_client_ca or gate.bearer_token_file, or gate.insecure = true to mean it");
  } else if (!demands_proof(c.gate)) {
    found.warning("gate.insecure",
                  "whoever reaches " + c.gate.listen.text + " can let people in and hand in carts");
  } else if (c.gate.tls_certificate.source.empty()) {
    found.warning("gate.bearer_token_file",
                  "the token travels unencrypted: set gate.tls_certificate and gate.tls_key");
  }
}

void check_gate_routes(const Configuration& c, Findings& found) {
  const std::string& prefix = c.gate.path_prefix;
  const bool is_path = prefix.starts_with('/') && !prefix.ends_with('/') &&
                       prefix.find_first_of("?# ") == std::string::npos;
  if (!prefix.empty() && !is_path) {
    found.error(c, "gate.path_prefix",
                "expected '' or a path such as /prod, without query and slash at its end");
  }
  if (const auto compiled = gate::CodeTime::compile(c.gate.code_time_pattern); !compiled) {
    found.error(c, "gate.code_time_pattern", compiled.error());
  }
}

void check_local(const Configuration& c, Findings& found) {
  const std::string& listen = c.local.listen.text;
  if (!listen.empty() && listen == c.gate.listen.text && !listen.ends_with(":0")) {
    found.error(c, "local.listen", "is gate.listen too: choose another port");
  }
  if (!is_local_only(listen)) {
    found.warning("local.listen", "other machines can read status and metrics");
  }
  const std::string& socket = c.local.control_socket.native();
  if (socket.size() > kUnixPathMax_bytes) {
    found.error(c, "local.control_socket", "longer than the 107 bytes that a socket's path has");
  }
  if (socket == listen || socket == c.gate.listen.text) {
    found.error(c, "local.control_socket", "is used by another listener: choose another path");
  }
}

void check_login(const Configuration& c, const Endpoint& endpoint, const std::string& section,
                 Findings& found) {
  const auto needs = [&](bool missing, std::string_view key, std::string_view content) {
    if (missing) {
      found.error(c, section + ".auth", fmt::format("needs {}.{}: {}", section, key, content));
    }
  };
  const bool certificate = !endpoint.client_certificate.source.empty();
  const bool key = !endpoint.client_key.source.empty();
  switch (endpoint.auth) {
    case Auth::none:
      break;
    case Auth::basic:
      needs(endpoint.basic_file.source.empty(), "basic_file", "a file with user:password");
      break;
    case Auth::bearer:
      needs(endpoint.bearer_file.source.empty(), "bearer_file", "a file with the token");
      break;
    case Auth::mtls:
      needs(!certificate, "client_certificate", "a PEM file");
      needs(!key, "client_key", "a PEM file");
      if (endpoint.url.text.starts_with("http:")) {
        found.error(c, section + ".auth", "needs an https URL");
      }
      return;
    case Auth::sigv4:
      found.error(c, section + ".auth",
                  "not available in this version: use none, basic, bearer or mtls");
      break;
  }
  if (certificate != key) {
    found.error(c, section + (certificate ? ".client_certificate" : ".client_key"),
                "client_certificate and client_key go together");
  }
}

// A login that is configured and not used is most likely a forgotten `auth`.
void check_unused_login(const Endpoint& endpoint, const std::string& section, Findings& found) {
  const auto unused = [&](bool given, Auth needed, std::string_view key, std::string_view auth) {
    if (given && endpoint.auth != needed) {
      found.warning(fmt::format("{}.{}", section, key),
                    fmt::format("has no effect unless {}.auth is {}", section, auth));
    }
  };
  unused(!endpoint.basic_file.source.empty(), Auth::basic, "basic_file", "basic");
  unused(!endpoint.bearer_file.source.empty(), Auth::bearer, "bearer_file", "bearer");
  unused(!endpoint.client_certificate.source.empty(), Auth::mtls, "client_certificate", "mtls");
}

void check_endpoint(const Configuration& c, const Endpoint& endpoint, const std::string& section,
                    std::string_view meaning, Findings& found) {
  check_login(c, endpoint, section, found);
  check_unused_login(endpoint, section, found);
  if (endpoint.url.text.empty())
    found.warning(section + ".url", fmt::format("not set: {}", meaning));
  if (is_unencrypted(endpoint.url)) {
    found.warning(section + ".url", "http to another machine: all of it can be read on the way");
  }
}

void check_payment(const Configuration& c, Findings& found) {
  const Jwo& jwo = c.jwo;
  if (jwo.region.empty()) {
    found.error(c, "jwo.region", "required with jwo.settlement: requests are signed for a region");
  } else if (jwo.payments_url.text.empty() &&
             !invoke_url(JwoService::payments, jwo.region, jwo.test_environment)) {
    found.error(c, "jwo.region",
                "Amazon names no payment service there; it is in " +
                    regions_of(JwoService::payments) + ". Or set jwo.payments_url");
  }
  if (is_unencrypted(jwo.payments_url)) {
    found.warning("jwo.payments_url", "http to another machine: all of it can be read on the way");
  }
  if (jwo.test_environment) {
    found.warning("jwo.test_environment",
                  jwo.payments_url.text.empty()
                      ? "charges go to Amazon's test environment: no money moves"
                      : "has no effect on jwo.payments_url, which is used as it stands");
  }
  if (c.aws.access_key_id.empty()) {
    found.warning("aws.credentials",
                  "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set: charges wait");
  }
}

void check_jwo(const Configuration& c, Findings& found) {
  if (c.jwo.settlement == Settlement::checkout) {
    found.error(c, "jwo.settlement", "not available in this version: use none or payment");
  }
  if (c.jwo.settlement == Settlement::payment) check_payment(c, found);
  if (!c.jwo.checkout_url.text.empty()) {
    found.warning("jwo.checkout_url", "has no effect in this version");
  }
}

void check_aws(const Configuration& c, Findings& found) {
  if (c.aws.credentials != CredentialSource::environment) {
    found.error(c, "aws.credentials", "not available in this version: use environment");
  }
  if (!c.aws.assume_role_arn.empty()) {
    found.error(c, "aws.assume_role_arn",
                "not available in this version: leave it empty, and give the role's own keys");
  }
  if (c.aws.access_key_id.empty() != c.aws.secret_access_key.empty()) {
    found.add({"environment", 0,
               c.aws.access_key_id.empty() ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY", "",
               "not set, although its other half is: set both or none"});
  }
}

}  // namespace

bool demands_proof(const Gate& gate) {
  return !gate.tls_client_ca.source.empty() || !gate.bearer_token_file.source.empty();
}

void check_relations(const Configuration& c, Findings& found) {
  check_store(c, found);
  check_gate_tls(c, found);
  check_gate_exposure(c, found);
  check_gate_routes(c, found);
  check_local(c, found);
  check_endpoint(c, c.feed, "feed", "the shopper cache is not filled, so scans are rejected",
                 found);
  check_endpoint(c, c.cloud, "cloud", "carts and payment records wait in the ledger", found);
  if (c.gate.unknown_shopper == UnknownShopper::ask_cloud && c.cloud.url.text.empty()) {
    found.error(c, "gate.unknown_shopper", "needs cloud.url to ask");
  }
  check_jwo(c, found);
  check_aws(c, found);
}

}  // namespace gatehouse::configuration
