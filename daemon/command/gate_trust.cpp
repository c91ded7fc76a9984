#include "daemon/command/gate_trust.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <memory>
#include <system_error>

#include "store/values/durable_file.hpp"
#include "store/values/result.hpp"

namespace gatehouse::command {
namespace {

constexpr std::size_t file_max_bytes = 1024 * 1024;

std::unexpected<std::string> cannot_use(const std::string& file, const std::string& reason) {
  return std::unexpected("cannot use " + file + ": " + reason);
}

/// The first of OpenSSL's errors, of which none is left.
std::string openssl_reason() {
  const unsigned long error = ERR_get_error();
  ERR_clear_error();
  if (ERR_SYSTEM_ERROR(error)) return std::generic_category().message(ERR_GET_REASON(error));
  const char* const reason = ERR_reason_error_string(error);
  return reason == nullptr ? "OpenSSL cannot read it" : reason;
}

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

Context new_context() {
  return {SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
}

/// DER. The one that a server with this file shows.
std::expected<std::string, std::string> first_certificate(const std::filesystem::path& file) {
  const auto text = read_file(file, file_max_bytes);
  if (!text) return cannot_use(file, text.error().message);
  const std::unique_ptr<BIO, decltype(&BIO_free)> pem(
      BIO_new_mem_buf(text->data(), static_cast<int>(text->size())), BIO_free);
  // "TRUSTED CERTIFICATE" too, as the gate takes it.
  const std::unique_ptr<X509, decltype(&X509_free)> found(
      PEM_read_bio_X509_AUX(pem.get(), nullptr, nullptr, nullptr), X509_free);
  ERR_clear_error();
  if (!found) return cannot_use(file, "contains no PEM certificate");
  std::string der(static_cast<std::size_t>(i2d_X509(found.get(), nullptr)), '\0');
  auto* into = reinterpret_cast<unsigned char*>(der.data());
  i2d_X509(found.get(), &into);
  return der;
}

std::expected<void, std::string> check_authorities(const std::filesystem::path& file) {
  const Context context = new_context();
  if (SSL_CTX_load_verify_file(context.get(), file.c_str()) != 1) {
    return cannot_use(file, openssl_reason());
  }
  return {};
}

int no_password(char*, int, int, void*) {
  return 0;
}

std::expected<void, std::string> check_identity(const std::filesystem::path& certificate,
                                                const std::filesystem::path& key) {
  const Context context = new_context();
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1) {
    return cannot_use("the TLS certificate " + certificate.string(), openssl_reason());
  }
  // Without a callback OpenSSL would ask for the password on the terminal.
  SSL_CTX_set_default_passwd_cb(context.get(), no_password);
  // It also checks that the key belongs to the certificate.
  if (SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return cannot_use("the TLS key " + key.string(), openssl_reason());
  }
  return {};
}

std::expected<void, std::string> trust_authorities(ClientTls& tls, const GateTrust& trust) {
  tls.remedy = "it must show a certificate for this host's name, signed by ";
  if (trust.authorities.empty()) {
    tls.remedy += "an authority of the system, or of --ca";
    return {};
  }
  tls.remedy += "one of " + trust.authorities.string();
  tls.authorities_file = trust.authorities;
  return check_authorities(trust.authorities);
}

std::expected<void, std::string> trust_only(ClientTls& tls,
                                            const std::filesystem::path& certificate) {
  auto expected = first_certificate(certificate);
  if (!expected) return propagate(std::move(expected));
  tls.only_certificate = std::move(*expected);
  tls.remedy = "it must show " + certificate.string() +
               ", still valid; a file that was renewed is shown after systemctl restart gatehouse";
  return {};
}

}  // namespace

std::expected<ClientTls, std::string> client_tls(const GateTrust& trust) {
  ClientTls tls;
  auto trusted = trust.certificate.empty() ? trust_authorities(tls, trust)
                                           : trust_only(tls, trust.certificate);
  if (!trusted) return propagate(std::move(trusted));
  if (trust.client_certificate.empty()) return tls;
  if (auto usable = check_identity(trust.client_certificate, trust.client_key); !usable) {
    return propagate(std::move(usable));
  }
  tls.login.client_certificate_file = trust.client_certificate;
  tls.login.client_key_file = trust.client_key;
  return tls;
}

}  // namespace gatehouse::command
