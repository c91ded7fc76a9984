#pragma once

#include <expected>
#include <filesystem>
#include <string>

#include "store/values/time.hpp"

namespace gatehouse::process {

enum class CertificateFile {
  own,          ///< our own, with its chain behind it: the first certificate counts
  authorities,  ///< whom we trust: the one that lasts longest counts
};

/// When what is in a PEM file expires. Of several authorities the last one: a bundle has expired
/// roots in it for years, and while one is good it may be the one that is needed. So a warning
/// about a bundle is always true, and a good bundle is never warned of. The error says what is the
/// matter with the file, without its name. Reads at most 1 MiB. Any thread.
[[nodiscard]] std::expected<WallTime, std::string> certificate_expiry(
    const std::filesystem::path& file, CertificateFile kind);

}  // namespace gatehouse::process
