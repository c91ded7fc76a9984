#include "sync/credentials/iot.hpp"

#include <fmt/format.h>

namespace gatehouse::sync {
namespace {

constexpr std::size_t answer_max_bytes = 64 * 1024;  // about 1 KiB is usual

std::string refused(const IotOptions& iot, int status) {
  const auto answered = fmt::format("{} answered {}: ", iot.endpoint, status);
  switch (status) {
    case 400:
    case 404:
      return answered + fmt::format(
                            "check that the role alias {} exists in this account and "
                            "region (aws.iot_role_alias), and aws.iot_thing_name",
                            iot.role_alias);
    case 401:
    case 403:
      return answered +
             fmt::format(
                 "the policy of the device certificate must allow "
                 "iot:AssumeRoleWithCertificate on role alias {}, the certificate must be "
                 "active{}, and the role behind the alias must trust "
                 "credentials.iot.amazonaws.com",
                 iot.role_alias,
                 iot.thing_name.empty() ? "" : " and attached to thing " + iot.thing_name);
    case 429:
      return answered + "too many requests";
    default:
      return answered +
             "check aws.iot_endpoint (aws iot describe-endpoint --endpoint-type "
             "iot:CredentialProvider)";
  }
}

}  // namespace

Request iot_request(const IotOptions& iot) {
  Request request;
  request.method = "GET";
  request.url = fmt::format("https://{}/role-aliases/{}/credentials", iot.endpoint, iot.role_alias);
  if (!iot.thing_name.empty()) request.headers = {{"x-amzn-iot-thingname", iot.thing_name}};
  request.answer_max_bytes = answer_max_bytes;
  request.login.client_certificate_file = iot.certificate_file;
  request.login.client_key_file = iot.key_file;
  request.login.ca_file = iot.ca_file;
  return request;
}

Result<IssuedCredentials> read_iot_answer(const IotOptions& iot, const Reply& reply, WallTime now) {
  if (reply.sent != Sent::answered) {
    return failure(
        Remedy::retry,
        fmt::format(
            "no answer from {}: {}; check the internet connection, aws.iot_endpoint and that "
            "aws.iot_certificate and aws.iot_key belong together",
            iot.endpoint, reply.error));
  }
  if (reply.status >= 500) {
    return failure(Remedy::retry, fmt::format("{} answered {}", iot.endpoint, reply.status));
  }
  if (reply.status != 200) return failure(Remedy::repair, refused(iot, reply.status));
  const auto where = fmt::format("the answer of {}", iot.endpoint);
  const auto answer = JsonDocument::read_object(reply.body);
  if (!answer) {
    return failure(
        Remedy::retry,
        fmt::format("{} is {}", where,
                    what_came(answer.error(),
                              "no JSON object: something on the network answers in Amazon's "
                              "place")));
  }
  auto issued = issued_in(*answer,
                          {.access_key_id = "credentials.accessKeyId",
                           .secret_access_key = "credentials.secretAccessKey",
                           .session_token = "credentials.sessionToken",
                           .expiration = "credentials.expiration"},
                          now);
  if (!issued) return propagate(std::move(issued), where);
  return issued;
}

}  // namespace gatehouse::sync
