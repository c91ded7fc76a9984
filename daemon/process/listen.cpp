#include "daemon/process/listen.hpp"

namespace gatehouse::process {

Result<> listen(http::Server& server, std::string_view name, const std::string& address,
                const std::vector<PassedSocket>& passed) {
  bool adopted = false;
  for (const PassedSocket& socket : passed) {
    if (socket.name != name) continue;
    if (auto taken = server.adopt(socket.descriptor); !taken) return taken;
    adopted = true;
  }
  if (adopted || address.empty()) return {};
  return server.listen(address);
}

}  // namespace gatehouse::process
