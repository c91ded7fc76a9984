#include "daemon/process/listen.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "daemon/configuration/rules/exposure.hpp"
#include "store/values/result.hpp"

namespace gatehouse::process {
namespace {

using configuration::Configuration;
using configuration::ConfigWarning;
using configuration::Exposure;
using Addresses = std::vector<std::string>;

/// One listener: how it is configured, and what was passed for it.
struct Listener {
  std::string_view key;
  std::string_view unit;
  const std::string& configured;
  const std::string& initial;
  const Addresses& passed;
};

bool is_passed(const Listener& listener, const std::string& address) {
  return std::ranges::find(listener.passed, address) != listener.passed.end();
}

// The default is what nobody chose, so nobody is surprised that it is not used.
void note_difference(const Listener& listener, std::vector<ConfigWarning>& out) {
  const std::string& configured = listener.configured;
  if (listener.passed.empty() || configured.empty() || configured == listener.initial) return;
  if (is_passed(listener, configured)) return;
  out.push_back(
      {std::string(listener.key),
       fmt::format("is set to {}, but systemd passes {}: change that with `systemctl edit "
                   "{}`",
                   configured, fmt::join(listener.passed, ", "), listener.unit),
       true});
}

Result<> note_exposure(const Listener& listener, const std::string& address, Exposure exposure,
                       std::vector<ConfigWarning>& out) {
  if (exposure.verdict == Exposure::Verdict::refused) {
    return failure(Remedy::repair,
                   fmt::format("{}: the socket {} that systemd passes is {}. Or give it a loopback "
                               "address with `systemctl edit {}`",
                               listener.key, address, exposure.message, listener.unit));
  }
  // Of an address that is configured too, this was said when the configuration was loaded.
  if (exposure.verdict == Exposure::Verdict::notable && address != listener.configured) {
    out.push_back({std::string(exposure.key), std::move(exposure.message)});
  }
  return {};
}

}  // namespace

Result<Addresses> listen(http::Server& server, std::string_view name, const std::string& address,
                         const std::vector<PassedSocket>& passed) {
  bool adopted = false;
  for (const PassedSocket& socket : passed) {
    if (socket.name != name) continue;
    if (auto taken = server.adopt(socket.descriptor); !taken) {
      return propagate(std::move(taken));
    }
    adopted = true;
  }
  if (adopted) return server.addresses();
  if (address.empty()) return Addresses{};
  if (auto opened = server.listen(address); !opened) {
    return propagate(std::move(opened));
  }
  return Addresses{};
}

Result<std::vector<ConfigWarning>> assess_passed(const Configuration& configuration,
                                                 const PassedAddresses& passed) {
  static const Configuration initial = configuration::defaults();
  const std::string& control = configuration.local.control_socket.native();
  const Listener gate{"gate.listen", "gatehouse-gate.socket", configuration.gate.listen.text,
                      initial.gate.listen.text, passed.gate};
  const Listener local{"local.listen", "gatehouse-local.socket", configuration.local.listen.text,
                       initial.local.listen.text, passed.local};
  const Listener socket{"local.control_socket", "gatehouse-control.socket", control,
                        initial.local.control_socket.native(), passed.control};
  std::vector<ConfigWarning> warnings;
  for (const Listener* listener : {&gate, &local, &socket}) note_difference(*listener, warnings);
  Result<> done;
  for (const std::string& address : passed.gate) {
    if (done) {
      done = note_exposure(gate, address, gate_exposure(configuration.gate, address), warnings);
    }
  }
  for (const std::string& address : passed.local) {
    if (done)
      done = note_exposure(local, address, configuration::local_exposure(address), warnings);
  }
  if (!done) return propagate(std::move(done));
  return warnings;
}

}  // namespace gatehouse::process
