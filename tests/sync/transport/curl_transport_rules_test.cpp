#include "sync/transport/curl_transport_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::sync {
namespace {

using namespace std::string_view_literals;
using testing::HasSubstr;

Request plain_post() {
  Request request;
  request.method = "POST";
  request.url = "https://payments.example/v1/payments/capture";
  request.headers = {{"Content-Type", "application/json"}};
  request.body = "{}";
  return request;
}

Request signed_post() {
  auto request = plain_post();
  request.signing = AwsSigning{"us-east-1", "execute-api", "AKID", "secret", "token"};
  return request;
}

TEST(CurlTransportRules, AcceptWhatIsSentToTheCloudAndToAmazon) {
  EXPECT_EQ(refusal(plain_post()), "");
  EXPECT_EQ(refusal(signed_post()), "");
  auto request = signed_post();
  request.url = "https://payments.example";
  EXPECT_EQ(refusal(request), "");
  request.signing->session_token.clear();
  EXPECT_EQ(refusal(request), "");
}

TEST(CurlTransportRules, RefuseAHeaderThatCouldBeginAnother) {
  for (const std::string_view value :
       {"a\r\nX-Evil: 1"sv, "a\nb"sv, "a\0b"sv, ""sv, " a"sv, "\x7f"sv}) {
    auto request = plain_post();
    request.headers.emplace_back("Idempotency-Key", value);
    EXPECT_THAT(refusal(request), HasSubstr("header Idempotency-Key")) << value;
  }
  auto request = plain_post();
  for (const auto* name : {"", "a b", "a:b", "a\r\nb"}) {
    request = plain_post();
    request.headers.emplace_back(name, "value");
    EXPECT_THAT(refusal(request), HasSubstr("a header's name")) << name;
  }
}

TEST(CurlTransportRules, RefuseOtherMethodsAndAGetWithABody) {
  auto request = plain_post();
  request.method = "DELETE";
  EXPECT_NE(refusal(request), "");
  request.method = "GET";
  EXPECT_NE(refusal(request), "");
  request.body.clear();
  EXPECT_EQ(refusal(request), "");
}

TEST(CurlTransportRules, RefuseToSignWhatLibcurlSignsWrongly) {
  for (const auto* url : {"https://host/a?b=1", "https://host/a:b", "https://host/a%20b",
                          "https://host/a*b", "https://host?b", "https://host/#a"}) {
    auto request = signed_post();
    request.url = url;
    EXPECT_THAT(refusal(request), HasSubstr("a signed URL")) << url;
    request.signing.reset();
    EXPECT_EQ(refusal(request), "") << url;
  }
  for (const auto* name : {"content-type", "Content-Type-Options", "Host", "X-Amz-Date",
                           "X-Amz-Security-Token", "Authorization"}) {
    auto request = signed_post();
    request.headers.emplace_back(name, "value");
    EXPECT_THAT(refusal(request), HasSubstr("cannot be signed beside")) << name;
  }
}

TEST(CurlTransportRules, SignTheQueryOfAGetThatIsSortedAndEncoded) {
  auto request = signed_post();
  request.method = "GET";
  request.body.clear();
  for (const auto* url : {"https://host/a", "https://host/a?b=1",
                          "https://host/?b=1&c=", "https://host/a?b=%2F%C3%A9&b_c=1&c=-_.~"}) {
    request.url = url;
    EXPECT_EQ(refusal(request), "") << url;
  }
  for (const auto* url : {"https://host/a?b", "https://host/a?=1", "https://host/a?c=1&b=1",
                          "https://host/a?b=1&b=2", "https://host/a?b=/", "https://host/a?b=%2f",
                          "https://host/a?b=%41", "https://host/a?b=%2", "https://host/a?b=1&",
                          "https://host/a?&b=1", "https://host/a?b=1&&c=1", "https://host/a?b=a=c",
                          "https://host/a?b=a b", "https://host/a?b=a+b", "https://host/a?b=1#c"}) {
    request.url = url;
    EXPECT_THAT(refusal(request), HasSubstr("a signed URL's query")) << url;
  }
  for (const auto* url : {"https://host/a?", "https://host?b=1", "https://host/a//b?c=1"}) {
    request.url = url;
    EXPECT_THAT(refusal(request), HasSubstr("a signed URL's path")) << url;
  }
}

TEST(CurlTransportRules, RefuseToSignWithoutCredentialsOrScope) {
  auto request = signed_post();
  request.signing->secret_access_key.clear();
  EXPECT_THAT(refusal(request), HasSubstr("no AWS credentials"));
  request = signed_post();
  request.signing->region.clear();
  EXPECT_THAT(refusal(request), HasSubstr("a region and a service"));
  request = signed_post();
  request.signing->session_token = "a\r\nb";
  EXPECT_THAT(refusal(request), HasSubstr("session token"));
}

TEST(CurlTransportRules, BlotOutTheSecretsOfAUrl) {
  const auto* url = "https://user:pass@host/path?token=t0p";
  EXPECT_EQ(without_secrets("at user:pass@host with pass and token=t0p", url),
            "at ***@host with *** and ***");
  EXPECT_EQ(without_secrets("Could not resolve host: host", url), "Could not resolve host: host");
  EXPECT_EQ(without_secrets("plain", "https://host/"), "plain");
}

}  // namespace
}  // namespace gatehouse::sync
