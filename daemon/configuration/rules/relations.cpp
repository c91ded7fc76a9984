#include "daemon/configuration/rules/relations.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/configuration/model/address.hpp"
#include "daemon/configuration/rules/aws_relations.hpp"
#include "daemon/configuration/rules/exposure.hpp"
#include "daemon/configuration/rules/jwo_endpoints.hpp"
#include "daemon/configuration/rules/signed_endpoints.hpp"
#include "daemon/gate/request/cart_rules.hpp"
#include "daemon/gate/request/code_time.hpp"
#include "store/values/money.hpp"
#include "sync/amazon/charge_limit.hpp"

namespace gatehouse::configuration {
namespace {

// The storeId of the packaged file.
constexpr std::string_view placeholder_store = "STORE-001";

void check_store(const Configuration& c, Findings& found) {
  if (c.store.id.empty()) {
    found.error(c, "store.id",
                "required: set it to the external id of this store in the merchant portal");
  } else if (c.store.id == placeholder_store) {
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
                "needs gate.tls_certificate and gate.tls_key: client certificates require TLS");
  }
}

void check_exposure(const Configuration& c, std::string_view key, const Exposure& exposure,
                    Findings& found) {
  if (exposure.verdict == Exposure::Verdict::refused) found.error(c, key, exposure.message);
  if (exposure.verdict == Exposure::Verdict::notable) {
    found.warning(exposure.key, exposure.message);
  }
}

void check_gate_routes(const Configuration& c, Findings& found) {
  const std::string& prefix = c.gate.path_prefix;
  const bool is_path = prefix.starts_with('/') && !prefix.ends_with('/') &&
                       prefix.find_first_of("?# ") == std::string::npos;
  if (!prefix.empty() && !is_path) {
    found.error(c, "gate.path_prefix",
                "expected '' or a path such as /prod, without a query or a trailing slash");
  }
  if (const auto types = gate::parse_payload_types(c.gate.payload_types); !types) {
    found.error(c, "gate.payload_types", types.error());
  }
  if (const auto compiled = gate::CodeTime::compile(c.gate.code_time_pattern); !compiled) {
    found.error(c, "gate.code_time_pattern", compiled.error());
  }
}

void check_local(const Configuration& c, Findings& found) {
  const std::string& listen = c.local.listen.text;
  if (!listen.empty() && listen == c.gate.listen.text && !listen.ends_with(":0")) {
    found.error(c, "local.listen", "is the same as gate.listen: choose another port");
  }
  check_exposure(c, "local.listen", local_exposure(listen), found);
  const std::string& socket = c.local.control_socket.native();
  if (socket.size() > unix_path_max_bytes) {
    found.error(c, "local.control_socket",
                "longer than 107 bytes, the limit for the path of a socket");
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
    case Auth::sigv4:
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
  check_signing(c, endpoint, section, found);
  if (endpoint.url.text.empty())
    found.warning(section + ".url", fmt::format("not set: {}", meaning));
  if (is_unencrypted(endpoint.url)) {
    found.warning(section + ".url", "plain http to another machine: it can be intercepted");
  }
}

void check_service(const Configuration& c, JwoService service, const Url& url,
                   const std::string& key, std::string_view name, Findings& found) {
  if (url.text.empty() && !invoke_url(service, c.jwo.region, c.jwo.test_environment)) {
    found.error(c, "jwo.region",
                fmt::format("Amazon documents no {} service in this region, only in {}. Or set {}",
                            name, regions_of(service), key));
  }
  check_signed_path(c, url, key, found);
  if (is_unencrypted(url)) {
    found.warning(key, "plain http to another machine: it can be intercepted");
  }
  if (c.jwo.test_environment && !url.text.empty()) {
    found.warning("jwo.test_environment",
                  fmt::format("has no effect on {}, which is used unchanged", key));
  }
}

void check_currency(const Configuration& c, Findings& found) {
  const std::string& currency = c.store.currency;
  if (currency.empty()) {
    found.warning("store.currency",
                  "not set: a price in any currency is charged; add the store's, e.g. currency = "
                  "\"USD\" below [store]");
  } else if (minor_digits(currency) > sync::amazon_decimals) {
    found.warning("store.currency",
                  fmt::format("{} has {} decimals, and Amazon has published only amounts with two: "
                              "each charge is held until an operator confirms it; ask Amazon",
                              currency, minor_digits(currency)));
  }
}

void check_charge_limits(const Configuration& c, Findings& found) {
  check_currency(c, found);
  if (c.jwo.charge_max.empty()) {
    found.warning("jwo.charge_max",
                  "not set: a price of any height is charged; add the highest that can be right, "
                  "e.g. charge_max = \"500.00\" below [jwo]");
  }
}

// Whether the store settles or not: what is written down has to make sense.
void check_amounts(const Configuration& c, Findings& found) {
  const std::string& currency = c.store.currency;
  const auto known = parse_money("1", currency.empty() ? "USD" : currency);
  if (!known) found.error(c, "store.currency", "expected three capital letters such as \"USD\"");
  if (c.jwo.charge_max.empty() || !known) return;
  const auto most = parse_money(c.jwo.charge_max, known->currency);
  if (!most || most->minor <= 0) {
    found.error(c, "jwo.charge_max",
                "expected an amount in store.currency, above zero, in quotes, e.g. \"500.00\"");
  }
}

void check_settlement(const Configuration& c, Findings& found) {
  const Jwo& jwo = c.jwo;
  check_charge_limits(c, found);
  const bool checkout = jwo.settlement == sync::SettlementMode::checkout;
  if (jwo.region.empty()) {
    found.error(c, "jwo.region", "required with jwo.settlement: requests are signed for a region");
  } else if (checkout) {
    check_service(c, JwoService::checkout, jwo.checkout_url, "jwo.checkout_url", "checkout", found);
  } else {
    check_service(c, JwoService::payments, jwo.payments_url, "jwo.payments_url", "payment", found);
  }
  if (jwo.report_payment_status && jwo.feedback_url != jwo.payments_url) {
    check_signed_path(c, jwo.feedback_url, "jwo.feedback_url", found);
  }
  const Url& url = checkout ? jwo.checkout_url : jwo.payments_url;
  if (jwo.test_environment && url.text.empty()) {
    found.warning("jwo.test_environment",
                  "charges go to Amazon's test environment: no money moves");
  }
  if (!checkout && jwo.report_payment_status && jwo.feedback_url.text.empty()) {
    found.warning(
        "jwo.feedback_url",
        "not set, and payment status reports wait on disk: ask Amazon for the host of its "
        "payment status service and add feedback_url = \"https://...\" to [jwo]");
  }
  if (checkout && jwo.report_payment_status) {
    found.warning("jwo.report_payment_status",
                  "has no effect with the checkout service: Amazon already knows what was paid");
  }
}

void check_jwo(const Configuration& c, Findings& found) {
  check_amounts(c, found);
  if (c.jwo.settlement != sync::SettlementMode::none) check_settlement(c, found);
  if (c.jwo.settlement != sync::SettlementMode::checkout && !c.jwo.checkout_url.text.empty()) {
    found.warning("jwo.checkout_url", "has no effect unless jwo.settlement is checkout");
  }
}

}  // namespace

void check_relations(const Configuration& c, Findings& found) {
  check_store(c, found);
  check_gate_tls(c, found);
  check_exposure(c, "gate.listen", gate_exposure(c.gate, c.gate.listen.text), found);
  check_gate_routes(c, found);
  check_local(c, found);
  check_endpoint(c, c.feed, "feed", "the shopper cache is not filled, so scans are rejected",
                 found);
  check_endpoint(c, c.cloud, "cloud", "carts and payment records wait in the ledger", found);
  if (c.gate.unknown_shopper == UnknownShopper::ask_cloud && c.cloud.url.text.empty()) {
    found.error(c, "gate.unknown_shopper", "needs cloud.url");
  }
  check_jwo(c, found);
  check_aws(c, found);
}

}  // namespace gatehouse::configuration
