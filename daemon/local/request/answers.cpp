#include "daemon/local/request/answers.hpp"

#include <nlohmann/json.hpp>

namespace gatehouse::local {

using Json = nlohmann::ordered_json;

http::Answer json_answer(const Json& body, unsigned status) {
  http::Answer answer;
  answer.status = status;
  answer.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  answer.body += '\n';
  answer.headers.emplace_back("Cache-Control", "no-store");
  return answer;
}

http::Answer error_answer(unsigned status, const std::string& message) {
  return json_answer({{"errorMsg", message}}, status);
}

http::Answer error_answer(const Error& error) {
  if (error.remedy == Remedy::reject) return error_answer(400, error.message);
  const bool again = error.remedy == Remedy::retry;
  http::Answer answer = error_answer(503, error.message + (again ? ": try again" : ""));
  answer.headers.emplace_back("Retry-After", "1");
  return answer;
}

}  // namespace gatehouse::local
