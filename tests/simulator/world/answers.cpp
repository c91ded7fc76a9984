#include "tests/simulator/world/answers.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace gatehouse::simulator {

http::Answer text_answer(unsigned status, std::string json) {
  http::Answer answer;
  answer.status = status;
  answer.body = std::move(json);
  return answer;
}

http::Answer json_answer(unsigned status, const nlohmann::ordered_json& body) {
  return text_answer(status, body.dump());
}

http::Answer error_answer(unsigned status, std::string_view message) {
  return json_answer(status, {{"errorMsg", message}});
}

http::Answer hang_up() {
  http::Answer answer;
  answer.hang_up = true;
  return answer;
}

}  // namespace gatehouse::simulator
