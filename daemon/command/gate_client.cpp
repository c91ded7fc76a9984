#include "daemon/command/gate_client.hpp"

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

/// The first certificate of a PEM file; nullptr where it has none.
std::shared_ptr<X509> read_certificate(const std::filesystem::path& file) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> source(BIO_new_file(file.c_str(), "r"), BIO_free);
  if (!source) return nullptr;
  // Without a callback OpenSSL would ask for a password on the terminal.
  const auto no_password = [](char*, int, int, void*) { return 0; };
  return {PEM_read_bio_X509(source.get(), nullptr, no_password, nullptr), X509_free};
}

void trust_only(ssl::context& context, std::shared_ptr<X509> expected) {
  context.set_verify_callback([expected = std::move(expected)](bool, ssl::verify_context& shown) {
    X509_STORE_CTX* const chain = shown.native_handle();
    return X509_STORE_CTX_get_error_depth(chain) > 0 ||
           X509_cmp(X509_STORE_CTX_get_current_cert(chain), expected.get()) == 0;
  });
}

error_code trust_authorities(ssl::context& context, const std::filesystem::path& file) {
  error_code error;
  if (file.empty()) {
    context.set_default_verify_paths(error);
  } else {
    context.load_verify_file(file.string(), error);
  }
  return error;
}

std::unexpected<std::string> cannot_use(const std::filesystem::path& file,
                                        const error_code& error) {
  return std::unexpected("cannot use " + file.string() + ": " + error.message());
}

asio::awaitable<Reply> ask_tls(GateAddress gate, ClientTls tls, Request request,
                               std::chrono::milliseconds deadline) {
  ssl::stream<beast::tcp_stream> stream(co_await asio::this_coro::executor, *tls);
  asio::ip::tcp::resolver resolver(co_await asio::this_coro::executor);
  const auto found = co_await resolver.async_resolve(gate.host, gate.port, asio::use_awaitable);
  SSL_set_tlsext_host_name(stream.native_handle(), gate.host.c_str());
  // One that trusts a single certificate brought its own callback.
  if (SSL_CTX_get_verify_callback(tls->native_handle()) == nullptr) {
    stream.set_verify_callback(ssl::host_name_verification(gate.host));
  }
  stream.next_layer().expires_after(deadline);
  co_await stream.next_layer().async_connect(found, asio::use_awaitable);
  co_await stream.async_handshake(ssl::stream_base::client, asio::use_awaitable);
  co_return co_await ask_over(stream, request);
}

asio::awaitable<Reply> ask_tcp(GateAddress gate, Request request,
                               std::chrono::milliseconds deadline) {
  beast::tcp_stream stream(co_await asio::this_coro::executor);
  asio::ip::tcp::resolver resolver(co_await asio::this_coro::executor);
  const auto found = co_await resolver.async_resolve(gate.host, gate.port, asio::use_awaitable);
  stream.expires_after(deadline);
  co_await stream.async_connect(found, asio::use_awaitable);
  co_return co_await ask_over(stream, request);
}

asio::awaitable<Reply> ask(const GateAddress& gate, const ClientTls& tls, Request request,
                           std::chrono::milliseconds deadline) {
  if (gate.host.empty()) return ask_over_unix(gate.port, std::move(request), deadline);
  return gate.tls ? ask_tls(gate, tls, std::move(request), deadline)
                  : ask_tcp(gate, std::move(request), deadline);
}

CallError explained(const error_code& error, const GateAddress& gate) {
  const std::string where = gate.host.empty() ? gate.port : gate.host + ":" + gate.port;
  if (error == boost::system::errc::permission_denied) {
    return {ExitCode::not_permitted, "not allowed to use " + where};
  }
  if (error.category() == asio::error::get_ssl_category()) {
    return {ExitCode::unreachable, "no TLS with the gate at " + where + ": " + error.message()};
  }
  return {ExitCode::unreachable, "no answer from the gate at " + where + ": " + error.message()};
}

}  // namespace

std::expected<GateAddress, std::string> parse_gate_address(std::string_view text) {
  if (text.starts_with('/')) return GateAddress{{}, std::string(text), {}};
  const auto url = boost::urls::parse_uri(text);
  const bool is_web = url && (url->scheme() == "http" || url->scheme() == "https");
  if (!is_web || url->host_address().empty() || url->has_query() || url->has_fragment() ||
      url->has_userinfo()) {
    return std::unexpected(
        "expected http://host:port or https://host:port, with gate.path_prefix as its path, or the "
        "absolute path of a unix socket");
  }
  const bool tls = url->scheme() == "https";
  std::string prefix(url->encoded_path());
  if (prefix.ends_with('/')) prefix.pop_back();
  const std::string usual_port = tls ? "443" : "80";
  return GateAddress{url->host_address(), url->has_port() ? std::string(url->port()) : usual_port,
                     std::move(prefix), tls};
}

std::expected<ClientTls, std::string> client_tls(const GateTrust& trust) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  context->set_verify_mode(ssl::verify_peer);
  if (!trust.certificate.empty()) {
    auto expected = read_certificate(trust.certificate);
    if (!expected) return std::unexpected("no certificate in " + trust.certificate.string());
    trust_only(*context, std::move(expected));
  } else if (auto error = trust_authorities(*context, trust.authorities)) {
    return cannot_use(trust.authorities, error);
  }
  if (trust.client_certificate.empty()) return context;
  error_code error;
  context->set_password_callback([](std::size_t, auto) { return std::string(); });
  context->use_certificate_chain_file(trust.client_certificate.string(), error);
  if (error) return cannot_use(trust.client_certificate, error);
  context->use_private_key_file(trust.client_key.string(), ssl::context::pem, error);
  if (error) return cannot_use(trust.client_key, error);
  return context;
}

std::expected<Reply, CallError> post_to_gate(const GateAddress& gate, const ClientTls& tls,
                                             std::string_view path, const std::string& body,
                                             const std::string& bearer_token,
                                             std::chrono::milliseconds deadline) {
  Request request = make_request("POST", gate.path_prefix + std::string(path), body);
  request.set(beast::http::field::content_type, "application/json");
  if (!bearer_token.empty()) {
    request.set(beast::http::field::authorization, "Bearer " + bearer_token);
  }
  try {
    asio::io_context loop(1);
    return wait_for(ask(gate, tls, std::move(request), deadline), loop);
  } catch (const boost::system::system_error& error) {
    return std::unexpected(explained(error.code(), gate));
  }
}

}  // namespace gatehouse::command
