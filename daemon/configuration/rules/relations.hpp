#pragma once

#include "daemon/configuration/model/configuration.hpp"
#include "daemon/configuration/model/findings.hpp"

namespace gatehouse::configuration {

/// Reports what cannot be meant although each key by itself is well, and what is left to configure.
void check_relations(const Configuration& configuration, Findings& findings);

}  // namespace gatehouse::configuration
