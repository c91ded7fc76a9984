#include "daemon/configuration/rules/exposure.hpp"

#include "daemon/configuration/model/address.hpp"

namespace gatehouse::configuration {

bool demands_proof(const Gate& gate) {
  return !gate.tls_client_ca.source.empty() || !gate.bearer_token_file.source.empty();
}

Exposure gate_exposure(const Gate& gate, const std::string& address) {
  using enum Exposure::Verdict;
  if (is_local_only(address)) return {};
  if (!demands_proof(gate) && !gate.insecure) {
    return {refused, "gate.listen",
            "reachable from other machines without authentication: set gate.tls_client_ca or "
            "gate.bearer_token_file, or gate.insecure = true if that is intended"};
  }
  if (!demands_proof(gate)) {
    return {notable, "gate.insecure",
            "whoever reaches " + address + " can let people in and submit carts"};
  }
  if (!gate.tls_certificate.source.empty()) return {};
  return {notable, "gate.bearer_token_file",
          "the token travels unencrypted: set gate.tls_certificate and gate.tls_key"};
}

Exposure local_exposure(const std::string& address) {
  if (is_local_only(address)) return {};
  return {Exposure::Verdict::notable, "local.listen", "other machines can read status and metrics"};
}

}  // namespace gatehouse::configuration
