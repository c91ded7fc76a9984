#pragma once

#include "daemon/configuration/model/configuration.hpp"
#include "daemon/configuration/model/findings.hpp"

namespace gatehouse::configuration {

/// What must hold between the keys of [aws]. Looks at the file system in one place: whether the
/// credential process can be executed.
void check_aws(const Configuration& configuration, Findings& found);

}  // namespace gatehouse::configuration
