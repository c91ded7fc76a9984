#include <gtest/gtest.h>

#include "tests/child/child.hpp"
#include "tests/sync/transport/exchange.hpp"

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;

class TlsTest : public testing::Test {
 protected:
  Request request_to(const std::string& host, const std::string& path = "/") {
    return get("https://" + host + ":" + port_ + path);
  }
  Request trusting_request(const std::string& path = "/") {
    auto request = request_to("127.0.0.1", path);
    request.login.ca_file = file("authority.pem");
    return request;
  }
  std::string file(const std::string& name) const { return folder_.path() / name; }

  child::TemporaryFolder folder_;
  child::Child server_{
      {{"/usr/bin/python3", TESTS_FOLDER "/tls_server.py", folder_.path().string()}, {}, {}, {}}};
  std::string port_ = server_.wait_line("port ", 20s);
  std::unique_ptr<CurlTransport> transport_ = open_transport();
};

TEST_F(TlsTest, AServerWithoutAKnownAuthorityGetsNothing) {
  const auto reply = exchange(*transport_, request_to("127.0.0.1"));
  EXPECT_EQ(reply.sent, Sent::no);
  EXPECT_NE(reply.error, "");
}

TEST_F(TlsTest, AnAuthorityOfOurOwnIsTrustedForItsRequestsOnly) {
  const auto reply = exchange(*transport_, trusting_request());
  EXPECT_EQ(reply.status, 200) << reply.error;
  EXPECT_EQ(reply.body, "nobody");
  // Neither the kept connection nor the handle lends its trust to the next request.
  EXPECT_EQ(exchange(*transport_, request_to("127.0.0.1")).sent, Sent::no);
}

TEST_F(TlsTest, ACertificateForAnotherNameIsRefused) {
  auto request = trusting_request();
  request.url = request_to("localhost").url;
  EXPECT_EQ(exchange(*transport_, request).sent, Sent::no);
}

TEST_F(TlsTest, AClientCertificateTellsWhoWeAre) {
  EXPECT_EQ(exchange(*transport_, trusting_request("/private")).status, 403);
  auto request = trusting_request("/private");
  request.login.client_certificate_file = file("client.pem");
  request.login.client_key_file = file("client.key");
  const auto reply = exchange(*transport_, request);
  EXPECT_EQ(reply.status, 200) << reply.error;
  EXPECT_EQ(reply.body, "store-1");
  EXPECT_EQ(exchange(*transport_, trusting_request("/private")).status, 403);
}

TEST_F(TlsTest, ACertificateThatIsNotValidByOurClockSaysSo) {
  const child::TemporaryFolder folder;
  child::Child server{
      {{"/usr/bin/python3", TESTS_FOLDER "/tls_server.py", folder.path().string(), "expired"},
       {},
       {},
       {}}};
  auto request = get("https://127.0.0.1:" + server.wait_line("port ", 20s) + "/");
  request.login.ca_file = folder.path() / "authority.pem";
  const auto reply = exchange(*transport_, request);
  EXPECT_EQ(reply.sent, Sent::no);
  EXPECT_TRUE(reply.certificate_dates) << reply.error;
  EXPECT_NE(reply.error.find("timedatectl"), std::string::npos) << reply.error;
}

TEST_F(TlsTest, ACertificateThatIsRefusedForAnotherReasonSaysNothingOfDates) {
  const auto reply = exchange(*transport_, request_to("127.0.0.1"));
  EXPECT_EQ(reply.sent, Sent::no);
  EXPECT_FALSE(reply.certificate_dates);
}

TEST_F(TlsTest, AMissingAuthorityOrCertificateFileIsAnErrorBeforeSending) {
  auto request = trusting_request();
  request.login.ca_file = file("missing.pem");
  EXPECT_EQ(exchange(*transport_, request).sent, Sent::no);
  request = trusting_request();
  request.login.client_certificate_file = file("missing.pem");
  const auto reply = exchange(*transport_, request);
  EXPECT_EQ(reply.sent, Sent::no);
  EXPECT_NE(reply.error, "");
}

}  // namespace
}  // namespace gatehouse::sync
