#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "store/values/result.hpp"

namespace gatehouse::simulator {

/// The first line of a file that holds a secret.
[[nodiscard]] Result<std::string> read_secret(const std::string& file);
[[nodiscard]] Result<nlohmann::ordered_json> read_json(const std::string& file);
[[nodiscard]] Result<> write_json(const std::string& file, const nlohmann::ordered_json& json);

}  // namespace gatehouse::simulator
