#include "daemon/process/certificate_expiry.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <optional>

#include "store/values/durable_file.hpp"
#include "store/values/result.hpp"

namespace gatehouse::process {
namespace {

constexpr std::size_t file_max_bytes = 1024 * 1024;

template <auto free>
struct Free {
  void operator()(auto* object) const { free(object); }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;

std::optional<WallTime> end_of(const X509* certificate) {
  std::tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) return std::nullopt;
  return WallTime{std::chrono::seconds{::timegm(&end)}};
}

Certificate next_certificate(BIO* pem) {
  // "TRUSTED CERTIFICATE" too, as libcurl and the TLS server take it.
  return Certificate(PEM_read_bio_X509_AUX(pem, nullptr, nullptr, nullptr));
}

}  // namespace

std::expected<WallTime, std::string> certificate_expiry(const std::filesystem::path& file,
                                                        CertificateFile kind) {
  const auto text = read_file(file, file_max_bytes);
  if (!text) return std::unexpected(text.error().message);
  const Bio pem(BIO_new_mem_buf(text->data(), static_cast<int>(text->size())));
  std::optional<WallTime> last;
  while (const Certificate certificate = next_certificate(pem.get())) {
    const auto end = end_of(certificate.get());
    if (end) last = std::max(last.value_or(*end), *end);
    if (kind == CertificateFile::own) break;
  }
  ERR_clear_error();  // "no start line" at the end of the file is no error, and stays in the queue
  if (!last) return std::unexpected("contains no PEM certificate");
  return *last;
}

}  // namespace gatehouse::process
