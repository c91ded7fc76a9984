#include "daemon/process/expiries.hpp"

#include <algorithm>

#include "daemon/configuration/rules/signed_endpoints.hpp"
#include "daemon/process/certificate_expiry.hpp"
#include "store/values/durable_file.hpp"
#include "store/values/rfc3339.hpp"

namespace gatehouse::process {
namespace {

using configuration::Configuration;
using configuration::Endpoint;
using configuration::NamedFile;
using local::Expiry;

constexpr std::size_t archive_key_max_bytes = 256;

void add(std::vector<Expiry>& out, std::string key, const NamedFile& named, CertificateFile kind) {
  if (named.path.empty()) return;
  Expiry expiry{std::move(key), named.path};
  if (const auto end = certificate_expiry(named.path, kind)) {
    expiry.expires_at = *end;
  } else {
    expiry.unreadable = end.error();
  }
  out.push_back(std::move(expiry));
}

void add_endpoint(std::vector<Expiry>& out, const std::string& section, const Endpoint& endpoint) {
  if (endpoint.url.text.empty()) return;
  if (endpoint.auth == configuration::Auth::mtls) {
    add(out, section + ".client_certificate", endpoint.client_certificate, CertificateFile::own);
  }
  add(out, section + ".ca_file", endpoint.ca_file, CertificateFile::authorities);
}

}  // namespace

std::vector<Expiry> gate_certificate_expiries(const configuration::Gate& gate) {
  std::vector<Expiry> out;
  add(out, "gate.tls_certificate", gate.tls_certificate, CertificateFile::own);
  add(out, "gate.tls_client_ca", gate.tls_client_ca, CertificateFile::authorities);
  return out;
}

void note_in_use(std::vector<Expiry>& files, const std::vector<Expiry>& at_start) {
  for (Expiry& expiry : files) {
    const auto started = std::ranges::find(at_start, expiry.what, &Expiry::what);
    if (started != at_start.end()) expiry.in_use_until = started->expires_at;
  }
}

std::vector<Expiry> certificate_expiries(const Configuration& configuration) {
  std::vector<Expiry> out = gate_certificate_expiries(configuration.gate);
  add_endpoint(out, "feed", configuration.feed);
  add_endpoint(out, "cloud", configuration.cloud);
  if (!configuration::needs_aws(configuration)) return out;
  const auto& aws = configuration.aws;
  if (aws.credentials == sync::CredentialSource::iot) {
    add(out, "aws.iot_certificate", aws.iot_certificate, CertificateFile::own);
    add(out, "aws.iot_ca_file", aws.iot_ca_file, CertificateFile::authorities);
  }
  const bool assumes = !aws.assume_role_arn.empty() ||
                       !configuration.feed.assume_role_arn.empty() ||
                       !configuration.cloud.assume_role_arn.empty();
  if (assumes) {
    add(out, "aws.sts_ca_file", aws.sts_ca_file, CertificateFile::authorities);
  }
  return out;
}

std::optional<Expiry> archive_key_expiry(const std::filesystem::path& file) {
  std::error_code unknown;
  if (!std::filesystem::exists(file, unknown) && !unknown) return std::nullopt;
  Expiry expiry{"archive_key", file};
  auto text = read_file(file, archive_key_max_bytes);
  if (!text) {
    expiry.unreadable = std::move(text.error().message);
    return expiry;
  }
  if (text->ends_with('\n')) text->pop_back();
  if (*text == "never") return expiry;
  expiry.expires_at = parse_rfc3339(*text);
  if (!expiry.expires_at) {
    expiry.unreadable = "is not a single line with a time such as 2028-11-24T00:00:00Z, or never";
  }
  return expiry;
}

}  // namespace gatehouse::process
