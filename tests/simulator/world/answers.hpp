#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/http/exchange.hpp"

namespace gatehouse::simulator {

/// `json` is written already.
[[nodiscard]] inline http::Answer text_answer(unsigned status, std::string json) {
  http::Answer answer;
  answer.status = status;
  answer.body = std::move(json);
  return answer;
}

[[nodiscard]] inline http::Answer json_answer(unsigned status, const nlohmann::ordered_json& body) {
  return text_answer(status, body.dump());
}

/// The error body of the JWO family (services.md 1.4).
[[nodiscard]] inline http::Answer error_answer(unsigned status, std::string_view message) {
  return json_answer(status, {{"errorMsg", message}});
}

/// No answer: the connection is closed.
[[nodiscard]] inline http::Answer hang_up() {
  http::Answer answer;
  answer.hang_up = true;
  return answer;
}

}  // namespace gatehouse::simulator
