#include "tests/simulator/world/fates.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/simulator/digest.hpp"
#include "tests/simulator/world/answers.hpp"

namespace gatehouse::simulator {
namespace {

http::Answer too_many(std::int64_t retry_after_s) {
  auto answer = error_answer(429, "Too Many Requests");
  answer.headers.emplace_back("Retry-After", std::to_string(retry_after_s));
  return answer;
}

http::Answer forbidden(std::string_view type, std::string_view message) {
  auto answer = json_answer(403, {{"message", message}});
  answer.headers.emplace_back("x-amzn-ErrorType", type);
  return answer;
}

http::Answer skewed(bool in_the_gateway) {
  if (in_the_gateway) {
    return forbidden("InvalidSignatureException",
                     "Signature expired: 20250502T000518Z is now earlier than 20250502T000519Z "
                     "(20250502T000519Z - 5 min.)");
  }
  return forbidden("RequestTimeTooSkewed",
                   "The difference between the request time and the current time is too large.");
}

/// What stands before a service says so in its own words, and knows nothing of what was sent.
http::Answer of_a_proxy(std::uint64_t which) {
  const auto page = [](unsigned status) {
    auto answer = text_answer(status, "<html><head><title>nginx</title></head></html>");
    answer.content_type = "text/html";
    return answer;
  };
  const auto gateway = [](unsigned status, std::string_view type, std::string_view message) {
    auto answer = json_answer(status, {{"message", message}});
    answer.headers.emplace_back("x-amzn-ErrorType", type);
    return answer;
  };
  switch (which) {
    case 0:
      return page(400);
    case 1:
      return page(404);
    case 2:
      return page(413);
    case 3:
      return gateway(400, "BadRequestException", "Bad Request");
    default:
      return gateway(413, "RequestEntityTooLargeException", "Request Too Long");
  }
}
constexpr std::uint64_t answers_of_proxies = 5;

http::Answer redirected() {
  auto answer = text_answer(302, "");
  answer.headers.emplace_back("Location", "http://127.0.0.1:1/elsewhere");
  return answer;
}

/// True where such an answer is what a call that had its effect is answered anyway, so that no
/// client could tell it from one that had none: then the effect is real.
bool means_success(Shape shape, Endpoint endpoint) {
  if (shape == Shape::wrong_content_type) return true;
  if (shape == Shape::truncated_json) {
    return endpoint == Endpoint::capture || endpoint == Endpoint::cancel;
  }
  if (shape == Shape::doubled_member) {
    return endpoint == Endpoint::capture || endpoint == Endpoint::cancel ||
           endpoint == Endpoint::refund;
  }
  if (shape != Shape::empty_body && shape != Shape::no_content) return false;
  return endpoint == Endpoint::capture || endpoint == Endpoint::cancel ||
         endpoint == Endpoint::refund || endpoint == Endpoint::purchases ||
         endpoint == Endpoint::records;
}

struct PerCall {
  bool http_429, http_500, http_503, http_500_after, expired_token, clock_skew, skew_kind;
  bool closed_before, closed_after, silent_before, silent_after, redirect, had_effect, rejected;
  bool proxy_4xx, late;
  std::uint64_t proxy;
  std::optional<Shape> shape;
};

/// All are drawn whatever the outcome, so that one more fault does not change the others' draws.
PerCall draw_call(const EndpointFaults& faults, Random& random) {
  PerCall call{};
  call.http_429 = random.happens(faults.http_429);
  call.http_500 = random.happens(faults.http_500);
  call.http_503 = random.happens(faults.http_503);
  call.http_500_after = random.happens(faults.http_500_after);
  call.expired_token = random.happens(faults.expired_token);
  call.clock_skew = random.happens(faults.clock_skew);
  call.skew_kind = random.happens(0.5);
  call.closed_before = random.happens(faults.closed_before);
  call.closed_after = random.happens(faults.closed_after);
  call.silent_before = random.happens(faults.silent_before);
  call.silent_after = random.happens(faults.silent_after);
  call.redirect = random.happens(faults.redirect);
  call.had_effect = random.happens(faults.wrong_shape_effect);
  call.rejected = random.happens(faults.rejected);
  const std::array<std::pair<double, Shape>, 9> shapes{{
      {faults.empty_body, Shape::empty_body},
      {faults.html, Shape::html},
      {faults.truncated_json, Shape::truncated_json},
      {faults.huge_body, Shape::huge_body},
      {faults.error_in_200, Shape::error_in_200},
      {faults.wrong_content_type, Shape::wrong_content_type},
      {faults.odd_error, Shape::odd_error},
      {faults.doubled_member, Shape::doubled_member},
      {faults.no_content, Shape::no_content},
  }};
  for (const auto& [probability, shape] : shapes) {
    if (random.happens(probability)) call.shape = shape;
  }
  call.proxy_4xx = random.happens(faults.proxy_4xx);
  call.proxy = random.below(answers_of_proxies);
  call.late = random.happens(faults.late);
  return call;
}

void decide_before(const PerCall& call, const EndpointFaults& faults, Fate& fate) {
  if (call.http_429) {
    fate.instead = too_many(faults.retry_after_s);
  } else if (call.expired_token) {
    fate.instead =
        forbidden("ExpiredTokenException", "The security token included in the request is expired");
  } else if (call.clock_skew) {
    fate.instead = skewed(call.skew_kind);
  } else if (call.http_500) {
    fate.instead = error_answer(500, "InternalServerException");
  } else if (call.http_503) {
    fate.instead = error_answer(503, "ServiceUnavailable");
  } else if (call.redirect) {
    fate.instead = redirected();
  } else if (call.proxy_4xx) {
    fate.instead = of_a_proxy(call.proxy);
  } else if (call.closed_before || call.silent_before) {
    fate.instead = hang_up();
    if (!call.closed_before) fate.silence = milliseconds(faults.silence_ms);
  }
}

void decide_after(const PerCall& call, const EndpointFaults& faults, Endpoint endpoint,
                  Fate& fate) {
  if (call.http_500_after) {
    fate.after = error_answer(500, "InternalServerException");
  } else if (call.closed_after || call.silent_after) {
    fate.after = hang_up();
    if (!call.closed_after) fate.silence = milliseconds(faults.silence_ms);
  } else if (call.shape) {
    const bool had_effect = call.had_effect || means_success(*call.shape, endpoint);
    if (had_effect) {
      fate.shape = call.shape;
    } else {
      fate.instead = misshapen(*call.shape, {});
    }
  } else if (call.late) {
    fate.silence = milliseconds(faults.late_ms);
  }
}

Verdict verdict_of(const EndpointFaults& faults, Random& random, std::int64_t call_number) {
  const bool is_unknown = random.happens(faults.unknown_trip);
  const bool is_pending = random.happens(faults.pending);
  const bool is_declined = random.happens(faults.declined);
  const bool is_partial = random.happens(faults.partial);
  const bool is_expired = random.happens(faults.expired_trip);
  const auto answered_unknown = is_unknown ? faults.unknown_trip_calls : 0;
  if (call_number < answered_unknown) return Verdict::unknown_trip;
  if (is_pending && call_number - answered_unknown < faults.pending_times) return Verdict::pending;
  if (is_declined) return Verdict::declined;
  if (is_partial) return Verdict::partial;
  return is_expired ? Verdict::expired_trip : Verdict::approved;
}

}  // namespace

http::Answer misshapen(Shape shape, http::Answer answer) {
  switch (shape) {
    case Shape::empty_body:
      answer = text_answer(200, "");
      break;
    case Shape::html:
      answer = text_answer(200, "<!DOCTYPE html><html><body>Please sign in</body></html>");
      answer.content_type = "text/html";
      break;
    case Shape::truncated_json:
      if (answer.body.size() < 4) answer.body = R"({"status":"APPR)";
      answer.body.resize(answer.body.size() / 2);
      break;
    case Shape::huge_body:
      answer = text_answer(200, R"({"filler":")" + std::string(10'000'000, 'x') + R"("})");
      break;
    case Shape::error_in_200:
      answer = error_answer(200, "InternalServerException");
      break;
    case Shape::wrong_content_type:
      answer.content_type = "text/plain";
      break;
    case Shape::odd_error:
      answer = json_answer(200, {{"errorMessage", {{"code", 5}}}, {"errorType", true}});
      break;
    case Shape::doubled_member:
      answer =
          text_answer(200, R"({"status":"DECLINED","status":"APPROVED","charge":1,"charge":2})");
      break;
    case Shape::no_content:
      answer = text_answer(204, "");
      break;
  }
  return answer;
}

Fates::Fates(Scenario scenario, std::uint64_t seed)
    : scenario_(std::move(scenario)), seed_(scenario_.seed.value_or(seed)) {}

Fate Fates::draw(Endpoint endpoint, const std::string& trip_id) {
  const auto& faults = scenario_.of(endpoint);
  const auto key = fmt::format("{} {}", route_of(endpoint).path, trip_id);
  const auto number = calls_[key]++;
  Random of_trip(seed_, fnv1a(key));
  Random of_call(seed_, fnv1a(fmt::format("{} {}", key, number)));

  Fate fate;
  fate.verdict = verdict_of(faults, of_trip, number);
  const auto jitter = of_call.below(static_cast<std::uint64_t>(faults.jitter_ms) + 1);
  fate.latency = milliseconds(faults.latency_ms + static_cast<std::int64_t>(jitter));
  const auto call = draw_call(faults, of_call);
  if (call.rejected) fate.verdict = Verdict::declined;
  decide_before(call, faults, fate);
  if (!fate.instead) decide_after(call, faults, endpoint, fate);
  return fate;
}

}  // namespace gatehouse::simulator
