#pragma once

#include <functional>
#include <optional>
#include <string>

#include "daemon/http/exchange.hpp"

namespace gatehouse::local {

/// Says whether a user is in the operators' group, by its own groups or the peer's first one.
using IsOperator = std::function<bool(const http::PeerCredentials&)>;

/// Who may change anything: root, the daemon's own user, and operators. No credentials (TCP): no.
[[nodiscard]] bool may_change(const std::optional<http::PeerCredentials>& peer, uid_t own_uid,
                              const IsOperator& is_operator);

/// Asks the system's user database, at every call, so that a new member needs no restart. False
/// for everybody where there is no such group.
[[nodiscard]] IsOperator members_of(std::string group);

}  // namespace gatehouse::local
