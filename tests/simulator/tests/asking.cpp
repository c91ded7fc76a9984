#include "tests/simulator/tests/asking.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

namespace gatehouse::simulator {

namespace asio = boost::asio;
using boost::beast::http::verb;

Asked::Asked(verb asked_method, std::string asked_target, std::string asked_body, Headers headers)
    : method(asked_method), target(std::move(asked_target)), body(std::move(asked_body)) {
  for (const auto& [name, value] : headers) fields.insert(name, value);
}

http::Request Asked::request() const {
  const auto text = boost::beast::http::to_string(method);
  return {.method = method,
          .method_text = {text.data(), text.size()},
          .target = target,
          .body = body,
          .fields = fields,
          .peer = std::nullopt};
}

namespace {

asio::awaitable<http::Answer> call(http::Handler handler, std::shared_ptr<Asked> asked) {
  const auto request = asked->request();
  auto answered = handler(request);
  co_return co_await std::move(answered);
}

}  // namespace

std::shared_ptr<std::optional<http::Answer>> start(asio::io_context& loop,
                                                   const http::Handler& handler, Asked asked) {
  auto answer = std::make_shared<std::optional<http::Answer>>();
  asio::co_spawn(
      loop, call(handler, std::make_shared<Asked>(std::move(asked))),
      [answer](std::exception_ptr, http::Answer received) { *answer = std::move(received); });
  return answer;
}

http::Answer ask(asio::io_context& loop, const http::Handler& handler, Asked asked) {
  const auto answer = start(loop, handler, std::move(asked));
  loop.restart();
  loop.run();
  EXPECT_TRUE(answer->has_value());
  return answer->value_or(http::Answer{});
}

Asked signed_post(std::string target, std::string body, const SigningScope& scope, WallTime now) {
  const auto date = fmt::format("{:%Y%m%dT%H%M%SZ}", std::chrono::floor<std::chrono::seconds>(now));
  Headers headers{{"Host", "127.0.0.1"}, {"X-Amz-Date", date}};
  std::vector<std::string> names{"host", "x-amz-date"};
  if (!scope.session_token.empty()) {
    headers.emplace_back("X-Amz-Security-Token", scope.session_token);
    names.emplace_back("x-amz-security-token");
  }
  const SignedRequest request{.method = "POST", .target = target, .body = body, .headers = headers};
  headers.emplace_back(
      "Authorization",
      fmt::format(
          "AWS4-HMAC-SHA256 Credential={}/{}/{}/{}/aws4_request, SignedHeaders={}, Signature={}",
          scope.access_key_id, date.substr(0, 8), scope.region, scope.service,
          fmt::join(names, ";"), signature_of(request, names, date, scope)));
  return {verb::post, std::move(target), std::move(body), std::move(headers)};
}

Asked delivery(std::string target, std::string body, const std::string& key,
               const std::string& purchase_id) {
  Headers headers{{"Idempotency-Key", key},
                  {"Gatehouse-Store", "STORE-001"},
                  {"Gatehouse-Sequence", "17"},
                  {"Gatehouse-Received-At", "2025-05-02T00:05:18.123Z"}};
  if (!purchase_id.empty()) headers.emplace_back("Gatehouse-Purchase-Id", purchase_id);
  return {verb::post, std::move(target), std::move(body), std::move(headers)};
}

}  // namespace gatehouse::simulator
