#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::simulator {

/// The parts between separators; one more than there are separators, empty ones included.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
[[nodiscard]] std::string joined(const std::vector<std::string>& parts, std::string_view between);
/// ASCII only.
[[nodiscard]] std::string lower_case(std::string_view text);
/// `%41` becomes `A`; what is no escape stays as it is.
[[nodiscard]] std::string percent_decoded(std::string_view text);
/// The decoded value of a query parameter of a request target, '' where there is none.
[[nodiscard]] std::string query_parameter(std::string_view target, std::string_view name);

}  // namespace gatehouse::simulator
