#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gatehouse::simulator {

/// SHA-256 in hexadecimal.
[[nodiscard]] std::string sha256_hex(std::string_view data);
/// HMAC-SHA-256, 32 raw bytes.
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view data);
/// FNV-1a: the same number in every build, unlike std::hash.
[[nodiscard]] std::uint64_t fnv1a(std::string_view data);
/// RFC 4648 Base64 with padding.
[[nodiscard]] std::string base64(std::string_view data);
/// '' for what is no Base64. Blanks around it are forgiven.
[[nodiscard]] std::string from_base64(std::string_view text);

}  // namespace gatehouse::simulator
