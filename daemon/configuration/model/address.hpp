#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "daemon/configuration/model/configuration.hpp"

namespace gatehouse::configuration {

/// Bytes that fit into sockaddr_un::sun_path with its end.
inline constexpr std::size_t unix_path_max_bytes = 107;

/// The error says what is expected.
[[nodiscard]] std::expected<ListenAddress, std::string> parse_listen_address(std::string_view text);
[[nodiscard]] std::expected<Url, std::string> parse_url(std::string_view text);

/// True where a listener at `address` ("ip:port", a unix socket's path, or @ and its abstract name)
/// can be reached from this machine alone.
[[nodiscard]] bool is_local_only(std::string_view address);

/// http to another machine: everything that is sent can be read on the way.
[[nodiscard]] bool is_unencrypted(const Url& url);

}  // namespace gatehouse::configuration
