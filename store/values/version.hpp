#pragma once

namespace gatehouse {

/// The version of all that is built from this tree: "0.2.0".
extern const char* const program_version;

}  // namespace gatehouse
