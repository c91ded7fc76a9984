#include "sync/transport/blocking_call.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <vector>

#include "sync/transport/curl_transfer.hpp"
#include "sync/transport/curl_transport_rules.hpp"

namespace gatehouse::sync {
namespace {

/// Its connection carries one request.
constexpr std::chrono::seconds one_call{1};

CallResult not_sent(std::string reason) {
  CallResult result{.reply = {}, .failure = CallFailure::other};
  result.reply.error = std::move(reason);
  return result;
}

std::string der_of(const X509* certificate) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(certificate, &bytes);
  if (size < 0) return "";
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

/// X509_V_OK or what is wrong with it.
int verdict_on(const X509* shown, const std::string& expected_der) {
  if (shown == nullptr || der_of(shown) != expected_der) return X509_V_ERR_CERT_REJECTED;
  if (X509_cmp_current_time(X509_get0_notBefore(shown)) > 0) return X509_V_ERR_CERT_NOT_YET_VALID;
  if (X509_cmp_current_time(X509_get0_notAfter(shown)) < 0) return X509_V_ERR_CERT_HAS_EXPIRED;
  return X509_V_OK;
}

/// OpenSSL's hook in the place of its own verification of the chain.
int verify_only_certificate(X509_STORE_CTX* chain, void* expected_der) {
  const int verdict =
      verdict_on(X509_STORE_CTX_get0_cert(chain), *static_cast<const std::string*>(expected_der));
  X509_STORE_CTX_set_error(chain, verdict);
  return verdict == X509_V_OK ? 1 : 0;
}

CURLcode trust_only(CURL*, void* context, void* expected_der) {
  SSL_CTX_set_cert_verify_callback(static_cast<SSL_CTX*>(context), &verify_only_certificate,
                                   expected_der);
  return CURLE_OK;
}

CURLcode set_up_call(CURL* easy, BlockingCall& call) {
  CurlSetup setup(easy);
  if (call.unix_socket) setup.set(CURLOPT_UNIX_SOCKET_PATH, call.unix_socket->c_str());
  setup.set(CURLOPT_PROXY, "");
  setup.set(CURLOPT_PATH_AS_IS, 1L);
  setup.set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  // Without one OpenSSL would ask for the key's password on the terminal.
  setup.set(CURLOPT_KEYPASSWD, "");
  const bool any_of_system = call.authorities_file.empty() && call.only_certificate.empty();
  if (!any_of_system) {
    setup.set(CURLOPT_CAINFO, static_cast<char*>(nullptr));
    setup.set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
  }
  if (!call.authorities_file.empty()) {
    setup.set(CURLOPT_CAINFO, call.authorities_file.c_str());
    setup.set(CURLOPT_SSL_OPTIONS, static_cast<long>(CURLSSLOPT_NO_PARTIALCHAIN));
  }
  if (!call.only_certificate.empty()) {
    setup.set(CURLOPT_SSL_VERIFYHOST, 0L);
    setup.set(CURLOPT_SSL_CTX_FUNCTION, &trust_only);
    setup.set(CURLOPT_SSL_CTX_DATA, static_cast<void*>(&call.only_certificate));
  }
  return setup.result();
}

/// The alerts by which a server says that it wants another certificate, or one at all (RFC 8446,
/// 6.2), as OpenSSL calls them. They come while the answer is awaited (TLS 1.3) or within the
/// handshake (TLS 1.2, where the last may mean other things too); libcurl hands only text on.
constexpr auto certificate_alerts = std::to_array<std::string_view>(
    {"alert certificate required", "alert bad certificate", "alert unsupported certificate",
     "alert certificate revoked", "alert certificate expired", "alert certificate unknown",
     "alert unknown ca", "alert access denied", "alert handshake failure"});

bool wants_certificate(CURLcode code, std::string_view error) {
  return code == CURLE_SSL_CLIENTCERT ||
         std::ranges::any_of(certificate_alerts,
                             [error](std::string_view alert) { return error.contains(alert); });
}

/// "OpenSSL SSL_read: OpenSSL/3.0.19: error:0A000418:SSL routines::tlsv1 alert unknown ca, errno 0"
/// without what only a programmer reads.
std::string without_library(std::string text) {
  constexpr std::string_view marker = "SSL routines::";
  const auto place = text.find(marker);
  if (place == std::string::npos) return text;
  text.erase(0, place + marker.size());
  return text.substr(0, text.find(", errno"));
}

CallFailure failure_of(CURLcode code, bool is_unix, long system_error, const Reply& reply) {
  if (reply.sent == Sent::answered) return CallFailure::none;
  if (wants_certificate(code, reply.error)) return CallFailure::certificate_wanted;
  switch (code) {
    case CURLE_COULDNT_CONNECT:
      return is_unix && system_error == EACCES ? CallFailure::not_permitted : CallFailure::other;
    case CURLE_OPERATION_TIMEDOUT:
      return CallFailure::timed_out;
    case CURLE_PEER_FAILED_VERIFICATION:
      return CallFailure::untrusted;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
      return CallFailure::tls;
    default:
      return CallFailure::other;
  }
}

}  // namespace

CallResult blocking_call(BlockingCall call) {
  if (call.unix_socket && call.unix_socket->empty()) return not_sent("the socket's path is empty");
  if (!initialise_libcurl()) return not_sent("libcurl cannot be initialised");
  if (auto reason = refusal(call.request); !reason.empty()) return not_sent(std::move(reason));
  Transfer transfer;
  transfer.request = std::move(call.request);
  transfer.easy.reset(curl_easy_init());
  if (!transfer.easy) return not_sent("no memory for a request");
  CURL* const easy = transfer.easy.get();
  CURLcode code = set_up(transfer, {transfer.request.timeout, one_call, one_call});
  if (code == CURLE_OK) code = set_up_call(easy, call);
  if (code == CURLE_OK) code = curl_easy_perform(easy);
  conclude(transfer, code);
  long system_error = 0;
  curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &system_error);
  // libcurl says no more than that it could not connect.
  if (code == CURLE_COULDNT_CONNECT && system_error != 0) {
    transfer.reply.error = std::generic_category().message(static_cast<int>(system_error));
  }
  const auto failure = failure_of(code, call.unix_socket.has_value(), system_error, transfer.reply);
  transfer.reply.error = without_library(std::move(transfer.reply.error));
  return {.reply = std::move(transfer.reply), .failure = failure};
}

}  // namespace gatehouse::sync
