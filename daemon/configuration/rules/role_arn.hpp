#pragma once

#include <string_view>

namespace gatehouse::configuration {

/// "arn:aws:iam::123456789012:role/path/name", in any partition.
[[nodiscard]] bool is_role_arn(std::string_view arn);

inline constexpr std::string_view role_arn_expected =
    "expected the ARN of a role such as arn:aws:iam::123456789012:role/gatehouse";

}  // namespace gatehouse::configuration
