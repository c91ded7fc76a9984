#include "daemon/process/parts.hpp"

namespace gatehouse::process {
namespace {

using configuration::AcceptedId;
using configuration::Auth;
using configuration::Configuration;
using configuration::Endpoint;
using configuration::Settlement;
using configuration::WhenStale;

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

gate::AuthorizationFallback fallback(configuration::AuthorizationFallback chosen) {
  switch (chosen) {
    case configuration::AuthorizationFallback::recommendation:
      return gate::AuthorizationFallback::recommendation;
    case configuration::AuthorizationFallback::accept:
      return gate::AuthorizationFallback::accept;
    case configuration::AuthorizationFallback::deny:
      break;
  }
  return gate::AuthorizationFallback::deny;
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
  options.accepted_id = configuration.gate.accepted_id == AcceptedId::shopper
                            ? gate::AcceptedId::shopper
                            : gate::AcceptedId::code;
  options.stale_after = configuration.gate.stale_after;
  options.reject_when_stale = configuration.gate.when_stale == WhenStale::reject;
  options.settle_card_trips = configuration.jwo.settlement != Settlement::none;
  options.bearer_token = configuration.gate.bearer_token_file.secret.reveal();
  options.ask_cloud_deadline = configuration.gate.ask_cloud_deadline;
  options.path_prefix = configuration.gate.path_prefix;
  options.key_channels = configuration.gate.key_channels;
  options.identity_keys_per_second = configuration.gate.identity_keys_per_second;
  // Was checked when the configuration was loaded.
  options.code_time =
      gate::CodeTime::compile(configuration.gate.code_time_pattern).value_or(nullptr);
  options.code_max_age = configuration.gate.code_max_age;
  options.shopper_authorization = configuration.gate.shopper_authorization;
  options.authorization = {.deny_outstanding = configuration.gate.deny_outstanding,
                           .fallback = fallback(configuration.gate.authorization_fallback)};
  options.log_calls_per_second = configuration.gate.log_calls_per_second;
  return options;
}

sync::SyncOptions sync_options(const Configuration& configuration) {
  sync::SyncOptions options;
  options.store_id = configuration.store.id;
  options.feed.url = configuration.feed.url.text;
  options.feed.login = login(configuration.feed);
  options.cloud.url = configuration.cloud.url.text;
  options.cloud.login = login(configuration.cloud);
  options.cloud.max_in_flight = configuration.cloud.max_in_flight;
  options.jwo.settlement = configuration.jwo.settlement == Settlement::payment
                               ? sync::SettlementMode::payment
                               : sync::SettlementMode::none;
  options.jwo.payments_url = configuration.jwo.payments_url.text;
  options.jwo.region = configuration.jwo.region;
  options.jwo.reconciliation_means_captured = configuration.jwo.reconciliation_means_captured;
  options.aws = {configuration.aws.access_key_id.reveal(),
                 configuration.aws.secret_access_key.reveal(),
                 configuration.aws.session_token.reveal()};
  return options;
}

}  // namespace gatehouse::process
