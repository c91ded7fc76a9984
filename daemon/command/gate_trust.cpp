#include "daemon/command/gate_trust.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "daemon/configuration/reading/read_file.hpp"
#include "daemon/http/tls.hpp"
#include "store/values/result.hpp"

namespace gatehouse::command {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

constexpr std::size_t file_max_bytes = 1024 * 1024;

std::unexpected<std::string> cannot_use(const std::filesystem::path& file,
                                        const std::string& reason) {
  return std::unexpected("cannot use " + file.string() + ": " + reason);
}

std::expected<std::shared_ptr<X509>, std::string> first_certificate(
    const std::filesystem::path& file) {
  const auto text = configuration::read_file(file, file_max_bytes);
  if (!text) return cannot_use(file, text.error());
  const std::unique_ptr<BIO, decltype(&BIO_free)> pem(
      BIO_new_mem_buf(text->data(), static_cast<int>(text->size())), BIO_free);
  // "TRUSTED CERTIFICATE" too, as the gate takes it.
  std::shared_ptr<X509> found(PEM_read_bio_X509_AUX(pem.get(), nullptr, nullptr, nullptr),
                              X509_free);
  ERR_clear_error();
  if (!found) return cannot_use(file, "holds no certificate in PEM form");
  return found;
}

bool is_outdated(int error) {
  return error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID;
}

void trust_only(ssl::context& context, std::shared_ptr<X509> expected) {
  context.set_verify_callback([expected = std::move(expected)](bool, ssl::verify_context& shown) {
    X509_STORE_CTX* const chain = shown.native_handle();
    if (X509_STORE_CTX_get_error_depth(chain) > 0) return true;  // whoever signed it
    return X509_cmp(X509_STORE_CTX_get_current_cert(chain), expected.get()) == 0 &&
           !is_outdated(X509_STORE_CTX_get_error(chain));
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

std::expected<void, std::string> set_trust(ClientTls& tls, const GateTrust& trust) {
  if (trust.certificate.empty()) {
    const auto error = trust_authorities(*tls.context, trust.authorities);
    if (error) return cannot_use(trust.authorities, error.message());
    tls.remedy = "it must show a certificate for this host's name, signed by ";
    tls.remedy += trust.authorities.empty() ? "an authority of the system, or of --ca"
                                            : "one of " + trust.authorities.string();
    return {};
  }
  auto expected = first_certificate(trust.certificate);
  if (!expected) return propagate(std::move(expected));
  trust_only(*tls.context, std::move(*expected));
  tls.checks_name = false;
  tls.remedy = "it must show " + trust.certificate.string() +
               ", still valid; a file that was renewed is shown after systemctl restart gatehouse";
  return {};
}

}  // namespace

std::expected<ClientTls, std::string> client_tls(const GateTrust& trust) {
  ClientTls tls{.context = std::make_shared<ssl::context>(ssl::context::tls_client)};
  SSL_CTX_set_min_proto_version(tls.context->native_handle(), TLS1_2_VERSION);
  tls.context->set_verify_mode(ssl::verify_peer);
  if (auto set = set_trust(tls, trust); !set) return propagate(std::move(set));
  if (trust.client_certificate.empty()) return tls;
  auto used = http::use_identity(*tls.context, trust.client_certificate, trust.client_key);
  if (!used) return std::unexpected(std::move(used.error().message));
  return tls;
}

}  // namespace gatehouse::command
