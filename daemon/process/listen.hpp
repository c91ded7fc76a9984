#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/http/server.hpp"
#include "daemon/process/notify.hpp"

namespace gatehouse::process {

/// Takes over every passed socket called `name`; where there is none, opens `address` ('':
/// nothing).
[[nodiscard]] Result<> listen(http::Server& server, std::string_view name,
                              const std::string& address, const std::vector<PassedSocket>& passed);

}  // namespace gatehouse::process
