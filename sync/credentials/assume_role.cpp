#include "sync/credentials/assume_role.hpp"

#include <fmt/format.h>

#include "store/values/text/percent.hpp"
#include "sync/transport/refusal.hpp"
#include "sync/transport/url.hpp"

namespace gatehouse::sync {
namespace {

constexpr std::size_t answer_max_bytes = 64 * 1024;

std::string denied(const RoleOptions& role, std::string_view source, std::string_view body) {
  auto caller = caller_in(body);
  if (caller.empty()) caller = fmt::format("the identity of aws.credentials = \"{}\"", source);
  return fmt::format(
      "STS refused: {0} may not assume {1}. The trust policy of {1} must allow {0} "
      "sts:AssumeRole{2},"
      " and a policy of {0} must allow sts:AssumeRole on {1}: `gatehouse iam-policy` prints both",
      caller, role.arn,
      role.external_id.empty() ? "" : " with sts:ExternalId as in aws.external_id");
}

std::string refused(const RoleOptions& role, std::string_view source, const Reply& reply) {
  const auto body = std::string_view(reply.body);
  if (reply.status == 403 && body.contains("RegionDisabled")) {
    return fmt::format(
        "STS answered 403: it is not activated in {}: activate it in the account's "
        "settings, or set aws.sts_url to another region's",
        role.region);
  }
  const bool at_fault = reply.status == 400 || reply.status == 403;
  const auto refusal = read_refusal(reply, "aws.sts_url");
  if (at_fault && refusal.cause == RefusalCause::permission) return denied(role, source, body);
  if (at_fault && refusal.cause != RefusalCause::onboarding) return "STS: " + refusal.text;
  if (reply.status == 400) {
    return fmt::format("STS answered 400: check {}, aws.session_name and aws.external_id",
                       role.key);
  }
  return fmt::format("STS answered {}: check aws.sts_url", reply.status);
}

}  // namespace

Request assume_role_request(const RoleOptions& role, const AwsCredentials& keys) {
  Request request;
  request.method = "POST";
  request.url = role.sts_url.empty() ? fmt::format("https://sts.{}.amazonaws.com/", role.region)
                                     : join_url(role.sts_url, "/");
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                     {"Accept", "application/json"}};
  request.body = fmt::format("Version=2011-06-15&Action=AssumeRole&RoleArn={}&RoleSessionName={}",
                             percent_encoded(role.arn), percent_encoded(role.session_name));
  if (!role.external_id.empty()) request.body += "&ExternalId=" + percent_encoded(role.external_id);
  request.answer_max_bytes = answer_max_bytes;
  request.login.ca_file = role.ca_file;
  request.signing = AwsSigning{.region = role.region,
                               .service = "sts",
                               .access_key_id = keys.access_key_id,
                               .secret_access_key = keys.secret_access_key,
                               .session_token = keys.session_token};
  return request;
}

Result<IssuedCredentials> read_assume_role_answer(const RoleOptions& role, std::string_view source,
                                                  const Reply& reply, WallTime now) {
  if (reply.sent != Sent::answered) {
    return failure(Remedy::retry, "no answer from STS: " + reply.error);
  }
  if (reply.status == 429 || reply.status >= 500) {
    return failure(Remedy::retry, fmt::format("STS answered {}", reply.status));
  }
  if (reply.status != 200) return failure(Remedy::repair, refused(role, source, reply));
  const auto answer = JsonDocument::read_object(reply.body);
  if (!answer) {
    return failure(Remedy::retry, "STS answered 200 with " +
                                      what_came(answer.error(),
                                                "no JSON object, although JSON was asked for: "
                                                "check aws.sts_url"));
  }
  const auto name = [](std::string_view part) {
    return fmt::format("AssumeRoleResponse.AssumeRoleResult.Credentials.{}", part);
  };
  const auto access_key_id = name("AccessKeyId");
  const auto secret_access_key = name("SecretAccessKey");
  const auto session_token = name("SessionToken");
  const auto expiration = name("Expiration");
  auto issued = issued_in(*answer,
                          {.access_key_id = access_key_id,
                           .secret_access_key = secret_access_key,
                           .session_token = session_token,
                           .expiration = expiration},
                          now);
  if (!issued) return propagate(std::move(issued), "the answer of STS");
  return issued;
}

}  // namespace gatehouse::sync
