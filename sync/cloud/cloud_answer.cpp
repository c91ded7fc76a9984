#include "sync/cloud/cloud_answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sync/transport/error_member.hpp"
#include "sync/transport/json_document.hpp"

namespace gatehouse::sync {
namespace {

/// What stands before the service answers with these, or a service at another address.
constexpr std::array of_the_way{404, 405, 407, 421, 425, 451};

Judgement judge_success(int status, std::string_view body) {
  switch (read_answer_body(body)) {
    case AnswerBody::blank:
    case AnswerBody::plain:
      return {.verdict = Verdict::delivered};
    case AnswerBody::error:
      return {.verdict = Verdict::retry,
              .reason = fmt::format("the cloud answered {} with an error in its body", status)};
    case AnswerBody::unusable:
      return {.verdict = Verdict::retry,
              .unclear = true,
              .reason = fmt::format("the cloud answered {} with {}", status, why_unusable(body))};
    case AnswerBody::foreign:
      break;
  }
  // Asked again, the cloud answers the same key as before, with the price that may be missing here.
  return {.verdict = Verdict::retry,
          .unclear = true,
          .reason = fmt::format("the cloud answered {} with a body that is neither empty nor JSON: "
                                "check what stands between here and cloud.url",
                                status)};
}

/// By a member at the top, whatever its name; an id that is '' names nobody.
bool names_ours(const store::Delivery& delivery, const JsonValue& answer) {
  return std::ranges::any_of(answer.children(), [&delivery](const JsonValue& member) {
    const auto value = member.scalar().value_or("");
    return !value.empty() && (value == delivery.purchase_id || value == delivery.trip_id);
  });
}

/// Idempotency middleware answers 409 while the first request is still being worked on, which may
/// yet fail. So "it is there already" has to be said.
Judgement judge_conflict(const store::Delivery& delivery, const Reply& reply) {
  const auto answer = JsonDocument::read_object(reply.body);
  const bool known =
      answer && !has_error_member(answer->root()) && names_ours(delivery, answer->root());
  const bool repeated = is_blank(reply.body) && delivery.unclear;
  if (!reply.retry_after && (known || repeated)) return {.verdict = Verdict::delivered};
  return {.verdict = Verdict::retry,
          .conflict = store::KeyConflict::open,
          .reason =
              "the cloud answered 409 and does not say that it has the record: expected its "
              "purchaseId or tripId in a JSON object, without an error"};
}

Judgement judge_client_error(int status, const Reply& reply) {
  if (status == 429) {
    return {.verdict = Verdict::retry,
            .throttled = true,
            .reason = "the cloud answered 429: too many requests"};
  }
  if (status == 401 || status == 403) {
    return {
        .verdict = Verdict::locked_out,
        .reason = fmt::format("the cloud answered {}: check the credentials of [cloud]", status)};
  }
  const bool own_word = reply.error_type.empty() &&
                        read_answer_body(reply.body) == AnswerBody::error &&
                        std::ranges::find(of_the_way, status) == of_the_way.end();
  if (own_word) {
    return {.verdict = Verdict::refused,
            .reason = fmt::format(
                "the cloud refused it with {}; once the cloud takes it, retry the record", status)};
  }
  return {.verdict = Verdict::retry,
          .reason = fmt::format("{} came, which is not your service's word about the record (a 4xx "
                                "with an error in a JSON object): check cloud.url and what stands "
                                "between here and there",
                                status)};
}

/// By the idempotency middleware that there is, 422 is another body under a key that was used.
Judgement with_conflict(Judgement judgement, int status) {
  if (status == 422) judgement.conflict = store::KeyConflict::certain;
  return judgement;
}

Judgement judge_answer(const store::Delivery& delivery, const Reply& reply) {
  const int status = reply.status;
  if (status >= 200 && status < 300) return judge_success(status, reply.body);
  if (status >= 300 && status < 400) {
    return {.verdict = Verdict::locked_out,
            .reason = fmt::format(
                "the cloud answered {}, a redirection: set cloud.url to where it leads", status)};
  }
  if (status == 409) return judge_conflict(delivery, reply);
  if (status >= 400 && status < 500 && status != 408) {
    return with_conflict(judge_client_error(status, reply), status);
  }
  return {.verdict = Verdict::retry,
          .unclear = status == 408 || status == 502 || status == 504,
          .reason = fmt::format("the cloud answered {}", status)};
}

}  // namespace

Judgement judge_cloud_answer(const store::Delivery& delivery, const Reply& reply) {
  switch (reply.sent) {
    case Sent::answered:
      return judge_answer(delivery, reply);
    case Sent::no:
      return {.verdict = Verdict::retry,
              .reason = "the cloud cannot be reached: " + reply.error,
              .no_attempt = reply.certificate_dates};
    case Sent::maybe:
      return {.verdict = Verdict::retry,
              .unclear = true,
              .reason = "no answer from the cloud: " + reply.error};
  }
  return {};
}

}  // namespace gatehouse::sync
