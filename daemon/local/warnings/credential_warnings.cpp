#include "daemon/local/warnings/credential_warnings.hpp"

#include <fmt/format.h>

#include "store/values/age.hpp"

namespace gatehouse::local {
namespace {

struct Keys {
  const sync::CredentialStatus& status;
  bool usable = false;
  std::string of_whom;  ///< '' : of [aws]
};

void assess_keys(const Facts& facts, const Keys& keys, std::vector<Warning>& out) {
  const sync::CredentialStatus& status = keys.status;
  if (!status.wanted) return;
  if (!keys.usable) {
    out.push_back(
        {"credentials_missing", Severity::warning,
         fmt::format("there are no AWS credentials{}, so {} wait: {}", keys.of_whom,
                     status.used_for,
                     status.last_error.empty() ? "they are being fetched" : status.last_error)});
    return;
  }
  if (status.last_error.empty()) return;
  const auto left = status.expires_at.value_or(WallTime::max()) - facts.now;
  if (left < keys_expire_soon) {
    const bool alarm = left < keys_expire_alarm;
    out.push_back({"credentials_expiring", alarm ? Severity::critical : Severity::warning,
                   fmt::format("the AWS credentials{} expire in {} and cannot be renewed; after "
                               "that {} wait: {}",
                               keys.of_whom, age_text(left), status.used_for, status.last_error)});
  } else {
    out.push_back({"credentials_not_renewed", Severity::warning,
                   fmt::format("new AWS credentials{} could not be obtained; the current ones stay "
                               "in use: {}",
                               keys.of_whom, status.last_error)});
  }
}

}  // namespace

void assess_credentials(const Facts& facts, std::vector<Warning>& out) {
  const sync::SyncStatus& sync = facts.process.sync;
  assess_keys(facts, {sync.credentials, facts.process.has_credentials, ""}, out);
  for (const auto* own : {&sync.feed_credentials, &sync.cloud_credentials}) {
    assess_keys(facts, {*own, own->usable, " of " + own->role}, out);
  }
}

}  // namespace gatehouse::local
