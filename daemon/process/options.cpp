#include "daemon/process/options.hpp"

#include <unistd.h>

#include "daemon/configuration/rules/signed_endpoints.hpp"
#include "daemon/gate/request/code_time.hpp"
#include "store/values/text/ascii.hpp"

namespace gatehouse::process {
namespace {

using configuration::Auth;
using configuration::Configuration;
using configuration::Endpoint;
using configuration::WhenStale;

// API Gateway gives its service 29 s, and answers 504 after that.
constexpr std::chrono::seconds api_gateway_longpoll{25};

sync::Login login(const Endpoint& endpoint) {
  sync::Login login;
  login.ca_file = endpoint.ca_file.path;
  switch (endpoint.auth) {
    case Auth::basic:
      login.basic = endpoint.basic_file.secret.reveal();
      break;
    case Auth::bearer:
      login.bearer = endpoint.bearer_file.secret.reveal();
      break;
    case Auth::mtls:
      login.client_certificate_file = endpoint.client_certificate.path;
      login.client_key_file = endpoint.client_key.path;
      break;
    case Auth::none:
    case Auth::sigv4:
      break;
  }
  return login;
}

/// Its keys come later, from the sync thread.
std::optional<sync::AwsSigning> signing(const Configuration& configuration,
                                        const Endpoint& endpoint) {
  if (!configuration::is_signed(endpoint)) return std::nullopt;
  sync::AwsSigning signing;
  signing.region = configuration::signing_region(configuration, endpoint);
  signing.service = "execute-api";
  return signing;
}

sync::JwoOptions jwo_options(const Configuration& configuration) {
  const configuration::Jwo& jwo = configuration.jwo;
  sync::JwoOptions options;
  options.charge_limit = {.currency = configuration.store.currency, .most = jwo.charge_max};
  options.partial_approval = jwo.partial_approval;
  options.settlement = jwo.settlement;
  options.payments_url = jwo.payments_url.text;
  options.checkout_url = jwo.checkout_url.text;
  options.feedback_url = jwo.feedback_url.text;
  options.region = jwo.region;
  options.charge_window = jwo.charge_window;
  options.report_payment_status = jwo.report_payment_status;
  options.shopper_email = jwo.shopper_email;
  options.reconciliation_means_captured = jwo.reconciliation_means_captured;
  options.unknown_capture = jwo.unknown_capture;
  options.unvouched = jwo.unvouched;
  options.payment_status_time = jwo.payment_status_time;
  return options;
}

// What STS takes: 2 to 64 letters, digits and a few signs; a storeId is of letters, digits, _ and -
// (services.md 1.3), but nothing holds it to that here.
std::string session_name(const Configuration& configuration) {
  if (!configuration.aws.session_name.empty()) return configuration.aws.session_name;
  constexpr std::size_t session_name_max_bytes = 64;
  std::string name = ("gatehouse-" + configuration.store.id).substr(0, session_name_max_bytes);
  for (char& c : name) {
    if (!is_letter_or_digit(c) && c != '_') c = '-';
  }
  return name;
}

sync::CredentialOptions credential_options(const Configuration& configuration) {
  const configuration::Aws& aws = configuration.aws;
  sync::CredentialOptions options;
  options.used_for = configuration::signed_with_aws(configuration);
  options.wanted = !options.used_for.empty();
  options.source = aws.credentials;
  options.environment = {aws.access_key_id.reveal(), aws.secret_access_key.reveal(),
                         aws.session_token.reveal()};
  options.file = aws.credentials_file.path;
  options.profile = aws.profile;
  options.command = aws.credential_process;
  options.iot = {.endpoint = aws.iot_endpoint,
                 .role_alias = aws.iot_role_alias,
                 .thing_name = aws.iot_thing_name,
                 .certificate_file = aws.iot_certificate.path,
                 .key_file = aws.iot_key.path,
                 .ca_file = aws.iot_ca_file.path};
  options.role = {.arn = aws.assume_role_arn,
                  .external_id = aws.external_id,
                  .session_name = session_name(configuration),
                  .sts_url = aws.sts_url.text,
                  .ca_file = aws.sts_ca_file.path,
                  .region = configuration.jwo.region,
                  .key = "aws.assume_role_arn"};
  return options;
}

/// What signs for an endpoint with a role of its own; not wanted: it has none.
sync::CredentialOptions role_options(const Configuration& configuration, const Endpoint& endpoint,
                                     std::string key, std::string used_for) {
  auto options = credential_options(configuration);
  options.wanted = configuration::is_signed(endpoint) && !endpoint.assume_role_arn.empty();
  options.used_for = std::move(used_for);
  options.role.arn = endpoint.assume_role_arn;
  options.role.key = std::move(key);
  // The region's own STS, which surely is activated where the API is; another address is jwo's.
  if (options.role.sts_url.empty()) {
    options.role.region = configuration::signing_region(configuration, endpoint);
  }
  return options;
}

sync::KeyRingOptions key_options(const Configuration& configuration) {
  return {.shared = credential_options(configuration),
          .feed = role_options(configuration, configuration.feed, "feed.assume_role_arn",
                               "feed queries"),
          .cloud = role_options(configuration, configuration.cloud, "cloud.assume_role_arn",
                                "deliveries")};
}

}  // namespace

http::Limits gate_limits(const configuration::Gate& gate) {
  http::Limits limits;
  limits.body_max_bytes = gate.max_body.value;
  limits.connections_max = gate.max_connections;
  return limits;
}

gate::GateOptions gate_options(const Configuration& configuration) {
  gate::GateOptions options;
  options.store_id = configuration.store.id;
  options.also_known_as = configuration.store.also_known_as;
  options.accepted_id = configuration.gate.accepted_id;
  options.stale_after = configuration.gate.stale_after;
  options.reject_when_stale = configuration.gate.when_stale == WhenStale::reject;
  options.settlement = configuration.jwo.settlement;
  options.bearer_token = configuration.gate.bearer_token_file.secret.reveal();
  options.ask_cloud_deadline = configuration.gate.ask_cloud_deadline;
  options.path_prefix = configuration.gate.path_prefix;
  options.key_channels = configuration.gate.key_channels;
  // Was checked when the configuration was loaded.
  options.cart_rules = {.payload_types = gate::parse_payload_types(configuration.gate.payload_types)
                                             .value_or(std::vector<gate::PayloadType>{}),
                        .identifier_types = configuration.gate.identifier_types};
  options.identity_keys_per_second = configuration.gate.identity_keys_per_second;
  // Was checked when the configuration was loaded.
  options.code_time =
      gate::CodeTime::compile(configuration.gate.code_time_pattern).value_or(nullptr);
  options.code_max_age = configuration.gate.code_max_age;
  options.shopper_authorization = configuration.gate.shopper_authorization;
  options.authorization = {.deny_outstanding = configuration.gate.deny_outstanding,
                           .fallback = configuration.gate.authorization_fallback};
  options.log_calls_per_second = configuration.gate.log_calls_per_second;
  return options;
}

local::LocalOptions local_options(const Configuration& configuration) {
  local::LocalOptions options;
  options.own_uid = ::geteuid();
  options.store_id = configuration.store.id;
  options.settlement = configuration.jwo.settlement;
  options.report_payment_status = configuration.jwo.report_payment_status;
  options.payment_status_time = configuration.jwo.payment_status_time;
  options.refund_window = configuration.jwo.refund_window;
  return options;
}

store::LedgerThreadOptions ledger_options(const Configuration& configuration, DiskSpace& space,
                                          std::function<Result<>()> hold_folder) {
  store::LedgerThreadOptions options;
  options.space = &space;
  options.hold_folder = std::move(hold_folder);
  options.carts_are_settled = configuration.jwo.settlement != sync::SettlementMode::none;
  return options;
}

sync::SyncOptions sync_options(const Configuration& configuration) {
  sync::SyncOptions options;
  options.store_id = configuration.store.id;
  options.feed.url = configuration.feed.url.text;
  options.feed.login = login(configuration.feed);
  options.feed.signing = signing(configuration, configuration.feed);
  if (options.feed.signing) options.feed.longpoll = api_gateway_longpoll;
  options.cloud.url = configuration.cloud.url.text;
  options.cloud.login = login(configuration.cloud);
  options.cloud.signing = signing(configuration, configuration.cloud);
  options.cloud.max_in_flight = configuration.cloud.max_in_flight;
  options.cloud.timeout = configuration.cloud.timeout;
  options.cloud.grant = configuration.cloud.grant;
  options.jwo = jwo_options(configuration);
  options.aws = key_options(configuration);
  return options;
}

}  // namespace gatehouse::process
