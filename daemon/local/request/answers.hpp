#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "daemon/http/exchange.hpp"
#include "store/values/result.hpp"

namespace gatehouse::local {

/// Bytes that are not UTF-8 (a peer's error text) are replaced, never a reason to fail.
[[nodiscard]] http::Answer json_answer(const nlohmann::ordered_json& body, unsigned status = 200);
/// {"errorMsg": message}
[[nodiscard]] http::Answer error_answer(unsigned status, const std::string& message);
/// 400 for what can never succeed, else 503 with Retry-After.
[[nodiscard]] http::Answer error_answer(const Error& error);

}  // namespace gatehouse::local
