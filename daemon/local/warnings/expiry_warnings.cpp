#include "daemon/local/warnings/expiry_warnings.hpp"

#include <fmt/format.h>

#include "store/values/age.hpp"
#include "store/values/rfc3339.hpp"

namespace gatehouse::local {
namespace {

bool is_near(const std::optional<WallTime>& expires_at, WallTime now) {
  return expires_at && *expires_at - now < expiry_notice;
}

Severity severity_at(milliseconds left) {
  if (left < expiry_critical) return Severity::critical;
  return left < expiry_warning ? Severity::warning : Severity::notice;
}

/// "expires in 6 d 3 h (2025-05-08T03:05:18.250Z)"
std::string when(WallTime expires_at, WallTime now) {
  const std::string at = rfc3339(expires_at);
  if (expires_at <= now) return fmt::format("expired {} ago ({})", age_text(now - expires_at), at);
  return fmt::format("expires in {} ({})", age_text(expires_at - now), at);
}

void assess_archive_key(const Expiry& key, WallTime now, std::vector<Warning>& out) {
  if (!key.unreadable.empty()) {
    out.push_back({"archive_key_expiring", Severity::notice,
                   fmt::format("the expiry of the package repository's key is not known: {} {}",
                               key.file.native(), key.unreadable)});
  }
  if (!is_near(key.expires_at, now)) return;
  out.push_back({"archive_key_expiring", severity_at(*key.expires_at - now),
                 fmt::format("the key of the package repository {}; once expired, no update is "
                             "installed. Install the newer gatehouse-archive-keyring",
                             when(*key.expires_at, now))});
}

void assess_certificate(const Expiry& certificate, WallTime now, std::vector<Warning>& out) {
  const std::string& file = certificate.file.native();
  if (!certificate.unreadable.empty()) {
    out.push_back(
        {"certificate_expiring", Severity::warning,
         fmt::format(
             "{}: {} {}. The daemon still uses the previous one, but needs this one to restart",
             certificate.what, file, certificate.unreadable),
         certificate.what});
  }
  // Replaced, and not in use yet: the former one is what callers still see.
  const auto& in_use = certificate.in_use_until;
  const bool waits = certificate.expires_at && in_use && *in_use < *certificate.expires_at;
  const auto& end = waits ? in_use : certificate.expires_at;
  if (!is_near(end, now)) return;
  const std::string text =
      waits ? fmt::format(
                  "{}: the certificate in use {}, and {} contains a newer one: run `systemctl "
                  "restart gatehouse`",
                  certificate.what, when(*end, now), file)
            : fmt::format(
                  "{}: the certificate in {} {}. Put a new one there, then run `systemctl "
                  "restart gatehouse`",
                  certificate.what, file, when(*end, now));
  out.push_back({"certificate_expiring", severity_at(*end - now), text, certificate.what});
}

}  // namespace

void assess_expiries(const Facts& facts, std::vector<Warning>& out) {
  if (facts.process.archive_key) assess_archive_key(*facts.process.archive_key, facts.now, out);
  for (const Expiry& certificate : facts.process.certificates) {
    assess_certificate(certificate, facts.now, out);
  }
}

}  // namespace gatehouse::local
