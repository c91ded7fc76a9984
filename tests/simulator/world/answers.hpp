#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "daemon/http/exchange.hpp"

namespace gatehouse::simulator {

/// `json` is written already.
[[nodiscard]] http::Answer text_answer(unsigned status, std::string json);

[[nodiscard]] http::Answer json_answer(unsigned status, const nlohmann::ordered_json& body);

/// The error body of the JWO family (services.md 1.4).
[[nodiscard]] http::Answer error_answer(unsigned status, std::string_view message);

/// No answer: the connection is closed.
[[nodiscard]] http::Answer hang_up();

}  // namespace gatehouse::simulator
