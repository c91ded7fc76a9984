#include "daemon/command/selftest_target.hpp"

#include "store/values/durable_file.hpp"
#include "store/values/result.hpp"

namespace gatehouse::command {
namespace {

using configuration::Configuration;

constexpr std::size_t token_max_bytes = 16 * 1024;

bool speaks_tls(const Configuration& configuration) {
  return !configuration.gate.tls_certificate.path.empty();
}

std::string gate_address(const Configuration& configuration) {
  const std::string& listen = configuration.gate.listen.text;
  if (listen.starts_with('/')) return listen;
  return (speaks_tls(configuration) ? "https://" : "http://") + listen;
}

/// '' where the caller has what the gate will ask for.
std::string what_is_missing(const SelftestArguments& test, const Configuration& configuration) {
  if (configuration.gate.tls_client_ca.path.empty() || !test.client_certificate.empty()) return "";
  return "the gate asks its callers for a certificate (gate.tls_client_ca): give "
         "--client-certificate and --client-key of one that it trusts";
}

std::expected<Configuration, std::string> load(const Arguments& arguments,
                                               const configuration::Environment& environment) {
  auto loaded = configuration::load(arguments.configuration_file, environment);
  if (loaded) return std::move(loaded->configuration);
  return std::unexpected("the configuration is not valid: " + to_text(loaded.error().front()) +
                         "; or give --gate and --store");
}

/// Address, prefix, token and trust of the gate that is configured.
std::expected<void, std::string> take_gate(const SelftestArguments& test,
                                           const Configuration& found, SelftestTarget& target,
                                           GateTrust& trust) {
  if (auto missing = what_is_missing(test, found); !missing.empty()) {
    return std::unexpected(std::move(missing));
  }
  target.gate_text = gate_address(found);
  auto gate = parse_gate_address(target.gate_text);
  if (!gate) return std::unexpected("gate.listen: " + gate.error());
  target.gate = std::move(*gate);
  target.gate.path_prefix = found.gate.path_prefix;
  target.identifier_types = found.gate.identifier_types;
  target.gate.tls = speaks_tls(found);
  target.bearer_token = found.gate.bearer_token_file.secret.reveal();
  if (trust.authorities.empty()) trust.certificate = found.gate.tls_certificate.path;
  return {};
}

std::expected<void, std::string> add_tls(const SelftestArguments& test, const GateTrust& trust,
                                         SelftestTarget& target) {
  if (!target.gate.tls) {
    if (test.authorities.empty() && test.client_certificate.empty()) return {};
    return std::unexpected("--ca and --client-certificate are for a gate that speaks TLS, and " +
                           target.gate_text + " does not: give --gate https://...");
  }
  auto tls = client_tls(trust);
  if (!tls) return propagate(std::move(tls));
  target.tls = std::move(*tls);
  return {};
}

std::expected<void, std::string> read_token(const SelftestArguments& test, SelftestTarget& target) {
  if (test.bearer_token_file.empty()) return {};
  auto token = read_file(test.bearer_token_file, token_max_bytes);
  if (!token) return std::unexpected("--bearer-token-file: " + token.error().message);
  target.bearer_token = token->substr(0, token->find_first_of("\r\n"));
  return {};
}

}  // namespace

std::expected<SelftestTarget, std::string> find_selftest_target(
    const Arguments& arguments, const configuration::Environment& environment) {
  const SelftestArguments& test = arguments.selftest;
  SelftestTarget target{.gate_text = test.gate, .store_id = test.store_id};
  GateTrust trust{.authorities = test.authorities,
                  .client_certificate = test.client_certificate,
                  .client_key = test.client_key};
  std::expected<void, std::string> done;
  if (test.gate.empty() || test.store_id.empty()) {
    const auto found = load(arguments, environment);
    if (!found) return propagate(found);
    if (target.store_id.empty()) target.store_id = found->store.id;
    if (test.gate.empty()) done = take_gate(test, *found, target, trust);
  }
  if (!test.gate.empty()) {
    auto gate = parse_gate_address(test.gate);
    if (!gate) return std::unexpected("--gate: " + gate.error());
    target.gate = std::move(*gate);
  }
  if (done) done = add_tls(test, trust, target);
  if (done) done = read_token(test, target);
  if (!done) return propagate(std::move(done));
  return target;
}

}  // namespace gatehouse::command
