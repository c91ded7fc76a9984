// How `gatehouse selftest` finds a gate and speaks with it.
#include "daemon/command/gate_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <fstream>
#include <thread>

#include "daemon/http/server.hpp"
#include "daemon/http/tls.hpp"
#include "tests/child/child.hpp"
#include "tests/daemon/command/gatehouse.hpp"
#include "tests/daemon/http/certificates.hpp"

namespace gatehouse::command {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

TEST(GateAddress, IsAUrlOrASocket) {
  const auto url = parse_gate_address("http://[::1]:8080/prod/");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->port, "8080");
  EXPECT_EQ(url->path_prefix, "/prod");
  EXPECT_FALSE(url->tls);
  EXPECT_EQ(parse_gate_address("http://gate")->port, "80");
  EXPECT_EQ(parse_gate_address("https://gate")->port, "443");
  EXPECT_TRUE(parse_gate_address("https://gate:8443/prod")->tls);
  EXPECT_EQ(parse_gate_address("/run/gate.sock")->host, "");
  EXPECT_EQ(parse_gate_address("/run/gate.sock")->port, "/run/gate.sock");
  for (const auto* const text : {"", "gate", "http://", "https://", "http://a@gate/",
                                 "http://gate/?x", "http://gate/#x", "ftp://gate"}) {
    EXPECT_FALSE(parse_gate_address(text)) << text;
  }
}

/// A gate that answers every call with 200 and the host that was asked, over TLS.
class TlsGate : public testing::Test {
 protected:
  void TearDown() override {
    if (!thread_.joinable()) return;
    boost::asio::post(loop_, [this] {
      server_->close();
      loop_.stop();
    });
    thread_.join();
  }
  std::string write(const std::string& name, const std::string& text) {
    const auto path = folder_.path() / name;
    std::ofstream(path) << text;
    return path;
  }
  void start(const std::string& client_ca_file = "", const std::string& listen = "127.0.0.1:0") {
    auto tls = http::server_tls(certificate_, key_, client_ca_file);
    ASSERT_TRUE(tls) << tls.error().message;
    server_ = std::make_unique<http::Server>(
        loop_, http::Limits{},
        [](const http::Request& request) -> boost::asio::awaitable<http::Answer> {
          http::Answer answer;
          answer.body = R"({"host":")";
          answer.body.append(request.fields[boost::beast::http::field::host]).append("\"}");
          co_return answer;
        });
    server_->use_tls(*tls);
    ASSERT_TRUE(server_->listen(listen));
    port_ = server_->port();
    thread_ = std::thread([this] { loop_.run(); });
  }
  [[nodiscard]] std::expected<Reply, CallError> ask(const std::string& host,
                                                    const GateTrust& trust) const {
    const auto tls = client_tls(trust);
    if (!tls) return std::unexpected(CallError{ExitCode::wrong_input, tls.error()});
    const auto port = std::to_string(port_);
    const GateAddress gate{.host = host, .port = port, .authority = host + ":" + port, .tls = true};
    return post_to_gate(gate, *tls, "/v1/identity/scan", "{}", "", 10s);
  }
  [[nodiscard]] std::string why_not(const std::string& host, const GateTrust& trust) const {
    const auto reply = ask(host, trust);
    return reply ? "it answered" : reply.error().message;
  }

  const child::TemporaryFolder folder_;
  const http::Identity authority_ = http::make_authority("Test CA");
  http::Identity gate_ = http::make_identity("localhost", authority_);
  const std::string authority_file_ = write("ca.pem", authority_.certificate);
  const std::string certificate_ = write("gate.pem", gate_.certificate);
  const std::string key_ = write("gate.key", gate_.key);
  boost::asio::io_context loop_{1};
  std::unique_ptr<http::Server> server_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

TEST_F(TlsGate, IsTrustedForTheNameThatAnAuthoritySignedAndForNoOther) {
  start();
  const auto reply = ask("localhost", {.authorities = authority_file_});
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->status, 200U);
  EXPECT_THAT(why_not("127.0.0.1", {.authorities = authority_file_}),
              AllOf(HasSubstr("no TLS with the gate at 127.0.0.1:"),
                    HasSubstr("certificate verify failed"), HasSubstr("for this host's name")));
  EXPECT_THAT(why_not("localhost", {}), HasSubstr("certificate verify failed"));
}

TEST_F(TlsGate, IsTrustedByItsVeryCertificateWhateverItsName) {
  start();
  EXPECT_TRUE(ask("127.0.0.1", {.certificate = certificate_}));
  const auto other = write("other.pem", http::make_identity("localhost", authority_).certificate);
  EXPECT_THAT(
      why_not("localhost", {.certificate = other}),
      AllOf(HasSubstr("certificate verify failed"), HasSubstr("systemctl restart gatehouse")));
}

TEST_F(TlsGate, IsNotTrustedOnceItsCertificateHasExpired) {
  gate_ = http::make_identity("localhost", authority_, std::chrono::seconds(-1));
  write("gate.pem", gate_.certificate);
  write("gate.key", gate_.key);
  start();
  EXPECT_THAT(why_not("localhost", {.certificate = certificate_}),
              HasSubstr("certificate verify failed"));
}

TEST_F(TlsGate, IsAskedByTheNameInItsAddress) {
  start();
  const auto address = parse_gate_address("https://localhost:" + std::to_string(port_));
  const auto tls = client_tls({.authorities = authority_file_});
  ASSERT_TRUE(address && tls);
  const auto reply = post_to_gate(*address, *tls, "/", "{}", "", 10s);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->body, R"({"host":"localhost:)" + std::to_string(port_) + R"("})");
}

TEST_F(TlsGate, OnAUnixSocketIsTrustedByItsVeryCertificate) {
  const auto socket = (folder_.path() / "gate.sock").string();
  start("", socket);
  const auto tls = client_tls({.certificate = certificate_});
  ASSERT_TRUE(tls) << tls.error();
  const auto reply = post_to_gate({.port = socket, .tls = true}, *tls, "/", "{}", "", 10s);
  EXPECT_TRUE(reply) << reply.error().message;
}

TEST_F(TlsGate, HearsTheCertificateThatItAsksItsCallersFor) {
  start(authority_file_);
  const auto caller = http::make_identity("amazon", authority_);
  EXPECT_TRUE(ask("localhost", {.authorities = authority_file_,
                                .client_certificate = write("caller.pem", caller.certificate),
                                .client_key = write("caller.key", caller.key)}));
  EXPECT_THAT(why_not("localhost", {.authorities = authority_file_}),
              AllOf(HasSubstr("certificate required"), HasSubstr("give --client-certificate"),
                    Not(HasSubstr("for this host's name"))));
}

TEST_F(TlsGate, SaysThatItDoesNotTakeTheCertificateOfItsCaller) {
  start(authority_file_);
  const auto stranger = http::make_identity("amazon", http::make_authority("Another CA"));
  EXPECT_THAT(why_not("localhost", {.authorities = authority_file_,
                                    .client_certificate = write("s.pem", stranger.certificate),
                                    .client_key = write("s.key", stranger.key)}),
              AllOf(HasSubstr("no TLS with the gate"), HasSubstr("unknown ca"),
                    Not(HasSubstr("OpenSSL")), HasSubstr("--client-certificate")));
}

TEST_F(TlsGate, SaysWhichFileCannotBeUsed) {
  const auto empty = write("empty.pem", "");
  EXPECT_EQ(client_tls({.certificate = empty}).error(),
            "cannot use " + empty + ": contains no PEM certificate");
  EXPECT_THAT(client_tls({.certificate = "/nowhere/gate.pem"}).error(),
              HasSubstr("cannot use /nowhere/gate.pem: "));
  EXPECT_THAT(client_tls({.authorities = "/nowhere/ca.pem"}).error(),
              HasSubstr("cannot use /nowhere/ca.pem: "));
  EXPECT_THAT(client_tls({.client_certificate = certificate_, .client_key = empty}).error(),
              HasSubstr("cannot use the TLS key " + empty));
}

TEST_F(TlsGate, OfTheConfigurationIsTestedWithoutAFurtherWord) {
  start();
  const auto file = write("gatehouse.toml",
                          "[store]\nid = \"STORE-001\"\n[gate]\nlisten = "
                          "\"127.0.0.1:" +
                              std::to_string(port_) + "\"\ntls_certificate = \"" + certificate_ +
                              "\"\ntls_key = \"" + key_ + "\"\n");
  const Ran ran = gatehouse({"selftest", "--plan", "fraud", "--config", file});
  EXPECT_THAT(ran.out, HasSubstr("Self-test of https://127.0.0.1:")) << ran.err;
  EXPECT_EQ(ran.exit_status, 1) << "it is reached, and its answer is no right one";
}

TEST_F(TlsGate, AloneIsShownCertificates) {
  const Ran ran = gatehouse(
      {"selftest", "--gate", "http://gate", "--store", "STORE-001", "--ca", authority_file_});
  EXPECT_EQ(ran.exit_status, 2);
  EXPECT_THAT(ran.err, HasSubstr("are for a gate that speaks TLS"));
}

TEST_F(TlsGate, OfTheConfigurationThatAsksForACertificateNeedsOne) {
  const auto file = write("gatehouse.toml",
                          "[store]\nid = \"STORE-001\"\n[gate]\nlisten = "
                          "\"127.0.0.1:8443\"\ntls_certificate = \"" +
                              certificate_ + "\"\ntls_key = \"" + key_ + "\"\ntls_client_ca = \"" +
                              authority_file_ + "\"\n");
  const Ran ran = gatehouse({"selftest", "--config", file});
  EXPECT_EQ(ran.exit_status, 2);
  EXPECT_THAT(ran.err, HasSubstr("give --client-certificate and --client-key"));
}

}  // namespace
}  // namespace gatehouse::command
