#include "tests/simulator/signature.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/simulator/text.hpp"

namespace gatehouse::simulator {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view amz_date = "20150830T123600Z";
const WallTime signed_at =
    std::chrono::sys_days{std::chrono::August / 30 / 2015} + std::chrono::hours(12) + minutes(36);

/// Public vectors: the suite of "Signature Version 4" (example.amazonaws.com, service "service"),
/// and one call of the payment service as botocore 1.29 signs it.
struct Vector {
  std::string name;
  std::string method;
  std::string target;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // beside Host, date and authorization
  std::string host = "example.amazonaws.com";
  std::string service = "service";
  std::string signed_headers;
  std::string signature;
};

// The test's name in lists, instead of the bytes of the struct.
void PrintTo(const Vector& vector, std::ostream* out) {
  *out << vector.name;
}

SigningScope scope_of(const Vector& vector) {
  SigningScope scope{.access_key_id = "AKIDEXAMPLE",
                     .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                     .session_token = "",
                     .region = "us-east-1",
                     .service = vector.service};
  for (const auto& [name, value] : vector.headers) {
    if (name == "X-Amz-Security-Token") scope.session_token = value;
  }
  return scope;
}

SignedRequest request_of(const Vector& vector) {
  SignedRequest request{.method = vector.method,
                        .target = vector.target,
                        .body = vector.body,
                        .headers = vector.headers};
  request.headers.emplace_back("Host", vector.host);
  request.headers.emplace_back("X-Amz-Date", amz_date);
  request.headers.emplace_back(
      "Authorization",
      fmt::format("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/{}/aws4_request, "
                  "SignedHeaders={}, Signature={}",
                  vector.service, vector.signed_headers, vector.signature));
  return request;
}

std::vector<Vector> vectors() {
  const std::string usual = "host;x-amz-date";
  return {
      {.name = "GetVanilla",
       .method = "GET",
       .target = "/",
       .body = "",
       .headers = {},
       .signed_headers = usual,
       .signature = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {.name = "PostVanilla",
       .method = "POST",
       .target = "/",
       .body = "",
       .headers = {},
       .signed_headers = usual,
       .signature = "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
      {.name = "GetVanillaQueryOrderKeyCase",
       .method = "GET",
       .target = "/?Param2=value2&Param1=value1",
       .body = "",
       .headers = {},
       .signed_headers = usual,
       .signature = "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
      {.name = "PostXWwwFormUrlencoded",
       .method = "POST",
       .target = "/",
       .body = "Param1=value1",
       .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
       .signed_headers = "content-type;host;x-amz-date",
       .signature = "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
      {.name = "GetVanillaWithSessionToken",
       .method = "GET",
       .target = "/",
       .body = "",
       .headers = {{"X-Amz-Security-Token",
                    "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"}},
       .signed_headers = "host;x-amz-date;x-amz-security-token",
       .signature = "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8"},
      {.name = "CaptureByBotocore",
       .method = "POST",
       .target = "/v1/capture/charge",
       .body = R"({"storeId":"STORE-001","shoppingTripId":"11111111-2222-3333-4444-555555555555",)"
               R"("amount":{"amount":15.99,"code":"USD"}})",
       .headers = {{"Content-Type", "application/json"},
                   {"X-Amz-Security-Token", "TOKEN/EXAMPLE=="}},
       .host = "us-east-1.payments.amazonphysicalstores.com",
       .service = "execute-api",
       .signed_headers = "content-type;host;x-amz-date;x-amz-security-token",
       .signature = "0e106fefa1425354abed75919a0fde2a8482e37a8efd86636bad915e7db2b05e"}};
}

class PublicVector : public testing::TestWithParam<Vector> {};

TEST_P(PublicVector, IsAccepted) {
  const auto refusal = check_signature(request_of(GetParam()), scope_of(GetParam()), signed_at);
  EXPECT_FALSE(refusal) << refusal->message;
}

TEST_P(PublicVector, IsRefusedWithAnotherBody) {
  auto vector = GetParam();
  vector.body += " ";
  const auto refusal = check_signature(request_of(vector), scope_of(vector), signed_at);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->error_type, "InvalidSignatureException");
  EXPECT_TRUE(refusal->message.starts_with(
      "The request signature we calculated does not match the signature you provided."));
}

TEST_P(PublicVector, IsRefusedWithAnotherPath) {
  auto vector = GetParam();
  vector.target = "/x" + vector.target;
  EXPECT_TRUE(check_signature(request_of(vector), scope_of(vector), signed_at));
}

TEST_P(PublicVector, IsRefusedWithAnotherSecret) {
  auto scope = scope_of(GetParam());
  scope.secret_access_key.back() = 'x';
  EXPECT_TRUE(check_signature(request_of(GetParam()), scope, signed_at));
}

INSTANTIATE_TEST_SUITE_P(Signature, PublicVector, testing::ValuesIn(vectors()),
                         [](const auto& tested) { return tested.param.name; });

std::string refused(const SignedRequest& request, const SigningScope& scope, WallTime now) {
  const auto refusal = check_signature(request, scope, now);
  return refusal ? refusal->message : "accepted";
}

TEST(Signature, IsValidForFiveMinutesEitherWay) {
  const auto vector = vectors().front();
  const auto request = request_of(vector);
  const auto scope = scope_of(vector);
  EXPECT_EQ(refused(request, scope, signed_at + minutes(5)), "accepted");
  EXPECT_EQ(refused(request, scope, signed_at - minutes(5)), "accepted");
  EXPECT_EQ(refused(request, scope, signed_at + minutes(5) + seconds(1)),
            "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z "
            "(20150830T124101Z - 5 min.)");
  EXPECT_TRUE(refused(request, scope, signed_at - minutes(5) - seconds(1))
                  .starts_with("Signature not yet current"));
}

TEST(Signature, MustNameOurRegionAndService) {
  const auto vector = vectors().front();
  auto scope = scope_of(vector);
  scope.region = "eu-west-1";
  EXPECT_EQ(refused(request_of(vector), scope, signed_at),
            "Credential should be scoped to a valid region, not 'us-east-1'. ");
  scope = scope_of(vector);
  scope.service = "execute-api";
  EXPECT_EQ(refused(request_of(vector), scope, signed_at),
            "Credential should be scoped to correct service: 'execute-api'. ");
}

TEST(Signature, MustComeWithTheSessionToken) {
  const auto vector = vectors().front();
  auto scope = scope_of(vector);
  scope.session_token = "expected";
  EXPECT_EQ(refused(request_of(vector), scope, signed_at),
            "The security token included in the request is invalid.");
}

TEST(Signature, MustCoverHostAndEveryAmazonHeader) {
  auto vector = vectors().front();
  vector.signed_headers = "x-amz-date";
  EXPECT_EQ(refused(request_of(vector), scope_of(vector), signed_at),
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  vector = vectors().front();
  auto request = request_of(vector);
  request.headers.emplace_back("X-Amz-Target", "something");
  EXPECT_EQ(refused(request, scope_of(vector), signed_at),
            "'x-amz-target' must be a 'SignedHeader' in the AWS Authorization.");
}

TEST(Signature, ThatIsMissingIsMissedInApiGatewaysWords) {
  const auto vector = vectors().front();
  auto request = request_of(vector);
  request.headers.pop_back();
  EXPECT_EQ(refused(request, scope_of(vector), signed_at), "Missing Authentication Token");
  request.headers.emplace_back("Authorization", "AWS4-HMAC-SHA256 nonsense");
  EXPECT_TRUE(refused(request, scope_of(vector), signed_at)
                  .starts_with("Authorization header requires 'Credential' parameter."));
}

TEST(CanonicalRequest, EncodesThePathOnceMoreAndResolvesDots) {
  const auto path_of = [](std::string_view target) {
    const SignedRequest request{.method = "GET", .target = target, .body = "", .headers = {}};
    return std::string(split(canonical_request(request, {"host"}), '\n')[1]);
  };
  EXPECT_EQ(path_of("/a%20b"), "/a%2520b");
  EXPECT_EQ(path_of("/example/.."), "/");
  EXPECT_EQ(path_of("//example//"), "/example/");
  EXPECT_EQ(path_of("/./example"), "/example");
  EXPECT_EQ(path_of("/\xE1\x88\xB4"), "/%E1%88%B4");
}

TEST(CanonicalRequest, TrimsValuesAndJoinsRepeatedHeaders) {
  const SignedRequest request{
      .method = "GET",
      .target = "/",
      .body = "",
      .headers = {{"My-Header1", "  value4 "}, {"my-header1", "a   b"}, {"Host", "h"}}};
  const auto canonical = canonical_request(request, {"host", "my-header1"});
  EXPECT_NE(canonical.find("\nhost:h\nmy-header1:value4,a b\n\nhost;my-header1\n"),
            std::string::npos)
      << canonical;
}

}  // namespace
}  // namespace gatehouse::simulator
