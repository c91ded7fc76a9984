#include "sync/retry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sync/answer_fields.hpp"

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;

constexpr std::array<milliseconds, 13> ladder{500ms, 1s,   2s,   4s,    9s,    18s,  27s,
                                              1min,  2min, 5min, 10min, 15min, 15min};
/// The first steps are the quick retries, which the budget pays for.
constexpr std::size_t first_slow_step = 6;

/// A proxy's page, half an answer or an error in a 200 is not the cloud's word that it has the
/// record, and its price may be missing: asked again, the cloud answers the same key as before.
bool is_no_answer_of_the_cloud(std::string_view body) {
  if (is_blank(body)) return false;
  const auto fields = AnswerFields::read(body);
  return !fields || fields->find("errorMsg");
}

Judgement judge_answer(int status, std::string_view body) {
  if (status >= 200 && status < 300) {
    if (!is_no_answer_of_the_cloud(body)) return {.verdict = Verdict::delivered, .reason = ""};
    return {.verdict = Verdict::retry,
            .reason = fmt::format(
                "the cloud answered {} with a body that is neither empty nor a JSON object "
                "without errorMsg: check what stands between here and cloud.url",
                status)};
  }
  if (status == 409) return {.verdict = Verdict::delivered, .reason = ""};
  if (status == 429)
    return {.verdict = Verdict::retry,
            .throttled = true,
            .reason = "the cloud answered 429: too many requests"};
  if (status == 401 || status == 403) {
    return {
        .verdict = Verdict::locked_out,
        .reason = fmt::format("the cloud answered {}: check the credentials of [cloud]", status)};
  }
  if (status >= 300 && status < 400) {
    return {.verdict = Verdict::locked_out,
            .reason = fmt::format(
                "the cloud answered {}, a redirection: set cloud.url to where it leads", status)};
  }
  if (status >= 400 && status < 500 && status != 408) {
    return {.verdict = Verdict::refused,
            .reason = fmt::format(
                "the cloud refused it with {}; once the cloud takes it, retry the record", status)};
  }
  return {.verdict = Verdict::retry, .reason = fmt::format("the cloud answered {}", status)};
}

}  // namespace

Judgement classify(const Reply& reply) {
  switch (reply.sent) {
    case Sent::answered:
      return judge_answer(reply.status, reply.body);
    case Sent::no:
      return {.verdict = Verdict::retry, .reason = "the cloud cannot be reached: " + reply.error};
    case Sent::maybe:
      return {.verdict = Verdict::retry, .reason = "no answer from the cloud: " + reply.error};
  }
  return {};
}

milliseconds retry_delay(const Attempted& attempted, double chance) {
  const auto failures = static_cast<std::size_t>(std::max(attempted.failures, 1));
  std::size_t step = std::min(failures, ladder.size()) - 1;
  if (attempted.throttled) step = std::max(step, std::size_t{1});
  if (!attempted.quick) step = std::max(step, first_slow_step);
  const auto bound = std::min(ladder[step], attempted.at_most.value_or(ladder.back()));
  const auto jittered = [chance](milliseconds most) {
    return milliseconds{static_cast<milliseconds::rep>(chance * static_cast<double>(most.count()))};
  };
  if (!attempted.retry_after) return jittered(bound);
  const auto asked =
      std::clamp<milliseconds>(*attempted.retry_after, milliseconds{0}, retry_after_max);
  return std::max(jittered(bound), asked + jittered(asked / 5));
}

bool RetryBudget::take(bool throttled) {
  const int cost = throttled ? throttled_cost : retry_cost;
  if (tokens_ < cost) return false;
  tokens_ -= cost;
  return true;
}

void RetryBudget::give() {
  tokens_ = std::min(tokens_ + 1, capacity);
}

}  // namespace gatehouse::sync
