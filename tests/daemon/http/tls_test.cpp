#include "daemon/http/tls.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <fstream>
#include <functional>

#include "tests/child/child.hpp"
#include "tests/daemon/http/certificates.hpp"
#include "tests/daemon/http/raw_client.hpp"
#include "tests/daemon/http/running_server.hpp"

namespace gatehouse::http {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using std::chrono::milliseconds;

const std::string get = "GET / HTTP/1.1\r\nHost: gate\r\n\r\n";
const std::string last_get = "GET /last HTTP/1.1\r\nHost: gate\r\nConnection: close\r\n\r\n";

class Tls : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) {
    const auto path = folder_.path() / name;
    std::ofstream(path) << text;
    return path;
  }
  /// The server's context; with `client_ca` it demands a client certificate.
  std::shared_ptr<ssl::context> context(const std::string& client_ca = "",
                                        DatesCount dates_count = {}) {
    auto made = server_tls(certificate_file_, key_file_, client_ca, std::move(dates_count));
    EXPECT_TRUE(made) << (made ? "" : made.error().message);
    return made.value_or(nullptr);
  }

  child::TemporaryFolder folder_;
  const Identity authority_ = make_authority("Test CA");
  const Identity server_ = make_identity("gate", authority_);
  const std::string authority_file_ = write("ca.pem", authority_.certificate);
  const std::string certificate_file_ = write("server.pem", server_.certificate);
  const std::string key_file_ = write("server.key", server_.key);
};

class TlsClient {
 public:
  TlsClient(std::uint16_t port, const Identity& authority, const Identity* identity = nullptr,
            int highest_version = 0, TlsClient* resumed = nullptr)
      : context_(ssl::context::tls_client), stream_(loop_, configured(authority, identity)) {
    SSL_CTX_set_max_proto_version(context_.native_handle(), highest_version);
    SSL_set_max_proto_version(stream_.native_handle(), highest_version);
    if (resumed != nullptr) {
      SSL_set_session(stream_.native_handle(), SSL_get0_session(resumed->stream_.native_handle()));
    }
    stream_.next_layer().connect({asio::ip::address_v4::loopback(), port});
    stream_.handshake(ssl::stream_base::client, error_);
  }
  /// `connected` happens between connection and handshake.
  TlsClient(std::uint16_t port, const Identity& authority, const std::function<void()>& connected)
      : context_(ssl::context::tls_client), stream_(loop_, configured(authority, nullptr)) {
    stream_.next_layer().connect({asio::ip::address_v4::loopback(), port});
    connected();
    stream_.handshake(ssl::stream_base::client, error_);
  }
  [[nodiscard]] error_code error() const { return error_; }
  [[nodiscard]] bool resumed() { return SSL_session_reused(stream_.native_handle()) == 1; }

  /// Sends and reads to the end; "" where the server does not play along.
  std::string exchange(const std::string& requests) {
    std::string answer;
    if (!error_) asio::write(stream_, asio::buffer(requests), error_);
    if (!error_) asio::read(stream_, asio::dynamic_buffer(answer), error_);
    return answer;
  }

 private:
  ssl::context& configured(const Identity& authority, const Identity* identity) {
    context_.set_verify_mode(ssl::verify_peer);
    context_.add_certificate_authority(asio::buffer(authority.certificate));
    if (identity == nullptr) return context_;
    context_.use_certificate(asio::buffer(identity->certificate), ssl::context::pem);
    context_.use_private_key(asio::buffer(identity->key), ssl::context::pem);
    return context_;
  }

  asio::io_context loop_;
  ssl::context context_;
  ssl::stream<asio::ip::tcp::socket> stream_;
  error_code error_;
};

TEST_F(Tls, ServesPipelinedRequestsAndEndsWithACloseNotify) {
  RunningServer server({}, echo(), "127.0.0.1:0", context());
  TlsClient client(server.port(), authority_);
  const std::string answers = client.exchange(get + get + last_get);
  EXPECT_EQ(answers,
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nGET /"
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nGET /"
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n"
            "Connection: close\r\n\r\nGET /last");
  EXPECT_EQ(client.error(), asio::error::eof);  // not stream_truncated
}

TEST_F(Tls, GivesARefusalToAClientThatSendsItsLargeBodyAnyway) {
  RunningServer server({.body_max_bytes = 10}, echo(), "127.0.0.1:0", context());
  TlsClient client(server.port(), authority_);
  const std::string answer =
      client.exchange("POST / HTTP/1.1\r\nHost: gate\r\nContent-Length: 1000000\r\n\r\n" +
                      std::string(1'000'000, 'x'));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << answer;
  EXPECT_TRUE(answer.ends_with("}"));
}

TEST_F(Tls, CarriesALargeAnswerWhole) {
  RunningServer server(
      {},
      [](const Request&) -> asio::awaitable<Answer> {
        Answer answer;
        answer.body.assign(8UL * 1024 * 1024, 'x');
        co_return answer;
      },
      "127.0.0.1:0", context());
  TlsClient client(server.port(), authority_);
  EXPECT_GT(client.exchange(last_get).size(), 8UL * 1024 * 1024);
}

TEST_F(Tls, LetsAClientOfTheRightAuthorityIn) {
  RunningServer server({}, echo(), "127.0.0.1:0", context(authority_file_));
  const Identity friendly = make_identity("amazon", authority_);
  TlsClient client(server.port(), authority_, &friendly);
  EXPECT_TRUE(client.exchange(last_get).ends_with("GET /last"));
}

TEST_F(Tls, RefusesAClientForTheDatesOfItsCertificateOnlyByAClockThatIsConfirmed) {
  std::atomic<bool> confirmed = true;
  RunningServer server({}, echo(), "127.0.0.1:0",
                       context(authority_file_, [&] { return confirmed.load(); }));
  const Identity expired = make_identity("amazon", authority_, -std::chrono::days(5));
  const Identity other_authority = make_authority("Other CA");
  const Identity stranger = make_identity("amazon", other_authority, -std::chrono::days(5));
  const auto asked = [&](const Identity& identity) {
    TlsClient client(server.port(), authority_, &identity);
    return client.exchange(last_get);
  };
  EXPECT_EQ(asked(expired), "");
  confirmed = false;
  EXPECT_TRUE(asked(expired).ends_with("GET /last"));
  EXPECT_EQ(asked(stranger), "");
  confirmed = true;
  EXPECT_EQ(asked(expired), "");
}

TEST_F(Tls, RefusesAClientWithoutACertificateOrOfAnotherAuthority) {
  RunningServer server({}, echo(), "127.0.0.1:0", context(authority_file_));
  TlsClient anonymous(server.port(), authority_);
  EXPECT_EQ(anonymous.exchange(last_get), "");
  EXPECT_TRUE(server.sees(ServerEvent::tls_failed, 1));
  const Identity stranger = make_identity("amazon", make_authority("Other CA"));
  TlsClient wrong(server.port(), authority_, &stranger);
  EXPECT_EQ(wrong.exchange(last_get), "");
  EXPECT_TRUE(server.sees(ServerEvent::tls_failed, 2));
}

TEST_F(Tls, RefusesVersionsBelow12) {
  const auto tls = context();
  EXPECT_EQ(SSL_CTX_get_min_proto_version(tls->native_handle()), TLS1_2_VERSION);
  RunningServer server({}, echo(), "127.0.0.1:0", tls);
  EXPECT_FALSE(TlsClient(server.port(), authority_, nullptr, TLS1_2_VERSION).error());
  EXPECT_TRUE(TlsClient(server.port(), authority_, nullptr, TLS1_1_VERSION).error());
}

TEST_F(Tls, ResumesTheSessionOfAClientWithACertificate) {
  RunningServer server({}, echo(), "127.0.0.1:0", context(authority_file_));
  const Identity friendly = make_identity("amazon", authority_);
  TlsClient first(server.port(), authority_, &friendly, TLS1_2_VERSION);
  EXPECT_TRUE(first.exchange(last_get).ends_with("GET /last"));
  TlsClient second(server.port(), authority_, &friendly, TLS1_2_VERSION, &first);
  EXPECT_TRUE(second.exchange(last_get).ends_with("GET /last"));
  EXPECT_TRUE(second.resumed());
}

TEST_F(Tls, EndsAHandshakeThatNeverComes) {
  RunningServer server({.request_max = milliseconds(50)}, echo(), "127.0.0.1:0", context());
  RawClient silent(server.port());
  EXPECT_TRUE(silent.ends());
  EXPECT_TRUE(server.sees(ServerEvent::closed));
}

TEST_F(Tls, SurvivesPlainHttp) {
  RunningServer server({}, echo(), "127.0.0.1:0", context());
  RawClient plain(server.port());
  plain.send(get);
  EXPECT_TRUE(plain.ends());
  EXPECT_TRUE(server.sees(ServerEvent::tls_failed));
  TlsClient client(server.port(), authority_);
  EXPECT_TRUE(client.exchange(last_get).ends_with("GET /last"));
}

TEST_F(Tls, AnswersARequestThatIsLate) {
  RunningServer server({.request_max = milliseconds(300)}, echo(), "127.0.0.1:0", context());
  TlsClient client(server.port(), authority_);
  EXPECT_TRUE(client.exchange("GET / HT").starts_with("HTTP/1.1 408 Request Timeout\r\n"));
}

TEST_F(Tls, TurnsAConnectionAwayInsideTls) {
  RunningServer server({.connections_max = 0}, echo(), "127.0.0.1:0", context());
  TlsClient client(server.port(), authority_);
  EXPECT_TRUE(client.exchange("").starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
}

TEST_F(Tls, StillFinishesAHandshakeThatIsUnderWayWhenItDrains) {
  RunningServer server({.first_request_grace = std::chrono::hours(1)}, echo(), "127.0.0.1:0",
                       context());
  TlsClient client(server.port(), authority_, [&] {
    ASSERT_TRUE(server.sees(ServerEvent::accepted));
    server.drain();
  });
  EXPECT_TRUE(client.exchange(get).ends_with("Connection: close\r\n\r\nGET /"));
  EXPECT_TRUE(server.drained());
}

TEST_F(Tls, DrainsIdleConnections) {
  RunningServer server({.request_max = std::chrono::hours(1)}, echo(), "127.0.0.1:0", context());
  RawClient in_handshake(server.port());
  TlsClient idle(server.port(), authority_);
  ASSERT_TRUE(server.sees(ServerEvent::accepted, 2));
  server.drain();
  EXPECT_TRUE(server.drained());
}

TEST_F(Tls, NamesTheFileThatItCannotUse) {
  const auto error = [](const auto& made) { return made ? "none" : made.error().message; };
  const std::string broken = write("broken.pem", "not PEM");
  const std::string missing = folder_.path() / "missing.pem";
  const std::string other_key = write("other.key", make_identity("x", authority_).key);
  EXPECT_TRUE(error(server_tls(missing, key_file_, ""))
                  .starts_with("cannot use the TLS certificate " + missing + ": "));
  EXPECT_TRUE(error(server_tls(broken, key_file_, ""))
                  .starts_with("cannot use the TLS certificate " + broken + ": "));
  EXPECT_TRUE(error(server_tls(certificate_file_, missing, ""))
                  .starts_with("cannot use the TLS key " + missing + ": "));
  EXPECT_TRUE(error(server_tls(certificate_file_, other_key, ""))
                  .starts_with("cannot use the TLS key " + other_key + ": key values mismatch"));
  EXPECT_TRUE(error(server_tls(certificate_file_, key_file_, missing))
                  .starts_with("cannot use the client CA " + missing + ": "));
  EXPECT_TRUE(error(server_tls(certificate_file_, key_file_, broken))
                  .starts_with("cannot use the client CA " + broken + ": "));
}

}  // namespace
}  // namespace gatehouse::http
