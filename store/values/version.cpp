#include "store/values/version.hpp"

namespace gatehouse {

const char* const program_version = GATEHOUSE_VERSION;

}  // namespace gatehouse
