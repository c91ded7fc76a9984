#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/configuration/load.hpp"
#include "daemon/http/server.hpp"
#include "daemon/process/notify.hpp"

namespace gatehouse::process {

/// Takes over every passed socket called `name` and gives their addresses; where there is none,
/// opens `address` ('': nothing) and gives none.
[[nodiscard]] Result<std::vector<std::string>> listen(http::Server& server, std::string_view name,
                                                      const std::string& address,
                                                      const std::vector<PassedSocket>& passed);

/// Where the sockets that systemd passed really listen, by listener. Empty: it has its own socket.
struct PassedAddresses {
  std::vector<std::string> gate;
  std::vector<std::string> local;
  std::vector<std::string> control;
};

/// What is to be said of them: the rules of a configured address hold for a passed one too, and an
/// address that somebody configured and that is not used is a surprise. Remedy::repair: the gate
/// must not be served there. Pure.
[[nodiscard]] Result<std::vector<configuration::ConfigWarning>> assess_passed(
    const configuration::Configuration& configuration, const PassedAddresses& passed);

}  // namespace gatehouse::process
