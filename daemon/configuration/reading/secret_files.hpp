#pragma once

#include "daemon/configuration/model/configuration.hpp"
#include "daemon/configuration/model/findings.hpp"

namespace gatehouse::configuration {

/// Reads every configured secret, and resolves every configured file and checks that it can be
/// read. "credential:NAME" is the file NAME in `credentials_directory` ('' : there is none).
void resolve_files(Configuration& configuration, const std::filesystem::path& credentials_directory,
                   Findings& findings);

}  // namespace gatehouse::configuration
