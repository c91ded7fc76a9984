#include "daemon/command/gate_client.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "daemon/command/exchange.hpp"

namespace gatehouse::command {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace ssl = asio::ssl;
using boost::system::error_code;

asio::awaitable<beast::tcp_stream> connect_tcp(std::string host, std::string port,
                                               std::chrono::milliseconds deadline) {
  beast::tcp_stream stream(co_await asio::this_coro::executor);
  asio::ip::tcp::resolver resolver(co_await asio::this_coro::executor);
  const auto found = co_await resolver.async_resolve(host, port, asio::use_awaitable);
  stream.expires_after(deadline);
  co_await stream.async_connect(found, asio::use_awaitable);
  co_return stream;
}

bool is_ip_address(const std::string& host) {
  error_code no;
  asio::ip::make_address(host, no);
  return !no;
}

/// `host` '' : it has no name.
template <class Stream>
asio::awaitable<Reply> ask_over_tls(Stream connected, const ClientTls& tls, std::string host,
                                    const Request& request) {
  ssl::stream<Stream> stream(std::move(connected), *tls.context);
  if (tls.checks_name) stream.set_verify_callback(ssl::host_name_verification(host));
  if (!host.empty() && !is_ip_address(host)) {  // RFC 6066: names only
    SSL_set_tlsext_host_name(stream.native_handle(), host.c_str());
  }
  co_await stream.async_handshake(ssl::stream_base::client, asio::use_awaitable);
  co_return co_await ask_over(stream, request);
}

asio::awaitable<Reply> ask(GateAddress gate, ClientTls tls, Request request,
                           std::chrono::milliseconds deadline) {
  if (gate.host.empty()) {
    UnixStream stream = co_await connect_unix(gate.port, deadline);
    if (gate.tls) co_return co_await ask_over_tls(std::move(stream), tls, gate.host, request);
    co_return co_await ask_over(stream, request);
  }
  beast::tcp_stream stream = co_await connect_tcp(gate.host, gate.port, deadline);
  if (gate.tls) co_return co_await ask_over_tls(std::move(stream), tls, gate.host, request);
  co_return co_await ask_over(stream, request);
}

/// What to do about an error of TLS; '' where nothing better is known than the error itself.
std::string remedy_of(const error_code& error, const ClientTls& tls) {
  switch (ERR_GET_REASON(static_cast<unsigned long>(error.value()))) {
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
      return "; " + tls.remedy;
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:  // as TLS 1.2 says it, among other things
      return "; does it ask for a certificate? Give --client-certificate and --client-key";
    default:
      return "";
  }
}

CallError explained(const error_code& error, const GateAddress& gate, const ClientTls& tls) {
  const std::string where = gate.host.empty() ? gate.port : gate.authority;
  if (error == boost::system::errc::permission_denied) {
    return {ExitCode::not_permitted, "not allowed to use " + where};
  }
  if (error.category() == asio::error::get_ssl_category()) {
    return {ExitCode::unreachable,
            "no TLS with the gate at " + where + ": " + error.message() + remedy_of(error, tls)};
  }
  return {ExitCode::unreachable, "no answer from the gate at " + where + ": " + error.message()};
}

}  // namespace

std::expected<GateAddress, std::string> parse_gate_address(std::string_view text) {
  if (text.starts_with('/')) return GateAddress{.port = std::string(text)};
  const auto url = boost::urls::parse_uri(text);
  const bool is_web = url && (url->scheme() == "http" || url->scheme() == "https");
  if (!is_web || url->host_address().empty() || url->has_query() || url->has_fragment() ||
      url->has_userinfo()) {
    return std::unexpected(
        "expected http://host:port or https://host:port, with gate.path_prefix as its path, or the "
        "absolute path of a unix socket");
  }
  GateAddress gate{.host = url->host_address(),
                   .path_prefix = std::string(url->encoded_path()),
                   .authority = std::string(url->encoded_host_and_port()),
                   .tls = url->scheme() == "https"};
  const std::string usual_port = gate.tls ? "443" : "80";
  gate.port = url->has_port() ? std::string(url->port()) : usual_port;
  if (gate.path_prefix.ends_with('/')) gate.path_prefix.pop_back();
  return gate;
}

std::expected<Reply, CallError> post_to_gate(const GateAddress& gate, const ClientTls& tls,
                                             std::string_view path, const std::string& body,
                                             const std::string& bearer_token,
                                             std::chrono::milliseconds deadline) {
  Request request = make_request("POST", gate.path_prefix + std::string(path), body);
  if (!gate.authority.empty()) request.set(beast::http::field::host, gate.authority);
  request.set(beast::http::field::content_type, "application/json");
  if (!bearer_token.empty()) {
    request.set(beast::http::field::authorization, "Bearer " + bearer_token);
  }
  try {
    asio::io_context loop(1);
    return wait_for(ask(gate, tls, std::move(request), deadline), loop);
  } catch (const boost::system::system_error& error) {
    return std::unexpected(explained(error.code(), gate, tls));
  }
}

}  // namespace gatehouse::command
