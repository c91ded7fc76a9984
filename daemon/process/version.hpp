#pragma once

#include <string_view>

namespace gatehouse::process {

inline constexpr std::string_view program_version = GATEHOUSE_VERSION;

}  // namespace gatehouse::process
