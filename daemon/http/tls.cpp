#include "daemon/http/tls.hpp"
#include "store/values/result.hpp"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include <string_view>
#include <utility>

namespace gatehouse::http {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

std::unexpected<Error> cannot_use(std::string_view what, const std::string& file,
                                  const std::string& reason) {
  return failure(Remedy::repair, fmt::format("cannot use the {} {}: {}", what, file, reason));
}

/// Everything else about it counts as before: its authority, its signature and its use.
bool is_only_about_dates(ssl::verify_context& verified) {
  const int error = X509_STORE_CTX_get_error(verified.native_handle());
  return error == X509_V_ERR_CERT_NOT_YET_VALID || error == X509_V_ERR_CERT_HAS_EXPIRED;
}

Result<> demand_clients_of(ssl::context& context, const std::string& client_ca_file,
                           DatesCount dates_count) {
  error_code error;
  context.load_verify_file(client_ca_file, error);
  if (error) return cannot_use("client CA", client_ca_file, error.message());
  SSL_CTX_set_client_CA_list(context.native_handle(),
                             SSL_load_client_CA_file(client_ca_file.c_str()));
  context.set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert, error);
  if (error) return cannot_use("client CA", client_ca_file, error.message());
  if (!dates_count) return {};
  context.set_verify_callback(
      [count = std::move(dates_count)](bool well, ssl::verify_context& verified) {
        if (well || !is_only_about_dates(verified) || count()) return well;
        X509_STORE_CTX_set_error(verified.native_handle(), X509_V_OK);
        return true;
      },
      error);
  if (error) return cannot_use("client CA", client_ca_file, error.message());
  return {};
}

/// This certificate chain, with its unencrypted key. Both are PEM, and belong together.
Result<> use_identity(ssl::context& context, const std::string& certificate_file,
                      const std::string& key_file) {
  error_code error;
  context.use_certificate_chain_file(certificate_file, error);
  if (error) return cannot_use("TLS certificate", certificate_file, error.message());
  // Without a callback OpenSSL would ask for the password on the terminal.
  context.set_password_callback([](std::size_t, auto) { return std::string(); }, error);
  // It also checks that the key belongs to the certificate.
  context.use_private_key_file(key_file, ssl::context::pem, error);
  if (error) return cannot_use("TLS key", key_file, error.message());
  return {};
}

}  // namespace

Result<std::shared_ptr<ssl::context>> server_tls(const std::string& certificate_file,
                                                 const std::string& key_file,
                                                 const std::string& client_ca_file,
                                                 DatesCount dates_count) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* const native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  // Without it a resumed session is refused as soon as client certificates are demanded.
  constexpr std::string_view id = "gatehouse";
  SSL_CTX_set_session_id_context(native, reinterpret_cast<const unsigned char*>(id.data()),
                                 static_cast<unsigned>(id.size()));
  if (auto loaded = use_identity(*context, certificate_file, key_file); !loaded) {
    return propagate(std::move(loaded));
  }
  if (client_ca_file.empty()) return context;
  auto demanded = demand_clients_of(*context, client_ca_file, std::move(dates_count));
  if (!demanded) {
    return propagate(std::move(demanded));
  }
  return context;
}

}  // namespace gatehouse::http
