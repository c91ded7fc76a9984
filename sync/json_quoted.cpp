#include "sync/json_quoted.hpp"

#include <nlohmann/json.hpp>

namespace gatehouse::sync {

std::string json_quoted(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace gatehouse::sync
