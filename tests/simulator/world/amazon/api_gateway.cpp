#include "tests/simulator/world/amazon/api_gateway.hpp"

#include <nlohmann/json.hpp>

#include "tests/simulator/world/answers.hpp"

namespace gatehouse::simulator {
namespace {

http::Answer forbidden(const SignatureRefusal& refusal) {
  auto answer = json_answer(403, {{"message", refusal.message}});
  answer.headers.emplace_back("x-amzn-ErrorType", refusal.error_type);
  return answer;
}

}  // namespace

std::optional<http::Answer> ApiGateway::refusal(const http::Request& request) const {
  if (request.method != boost::beast::http::verb::post) {
    // API Gateway's own answer to a wrong path or method.
    return forbidden({"MissingAuthenticationTokenException", "Missing Authentication Token"});
  }
  SignedRequest as_sent{
      .method = request.method_text, .target = request.target, .body = request.body, .headers = {}};
  for (const auto& field : request.fields) {
    as_sent.headers.emplace_back(field.name_string(), field.value());
  }
  const auto refused = check_signature(as_sent, scope_, clock_.wall());
  if (!refused) return std::nullopt;
  // A clock that is wrong is no fault of whoever signs.
  if (refused->message.starts_with("Signature ")) {
    effects_.signature_out_of_time();
  } else {
    effects_.signature_refused();
  }
  return forbidden(*refused);
}

}  // namespace gatehouse::simulator
