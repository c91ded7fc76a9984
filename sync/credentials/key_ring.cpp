#include "sync/credentials/key_ring.hpp"

#include <algorithm>

namespace gatehouse::sync {

KeyRing::KeyRing(const KeyRingOptions& options, Transport& transport,
                 const ProcessThread::Post& post, const Clock& clock, const Chance& chance)
    : owns_{std::make_unique<Own>(options.shared, transport, post, clock, chance),
            std::make_unique<Own>(options.feed, transport, post, clock, chance),
            std::make_unique<Own>(options.cloud, transport, post, clock, chance)} {}

SteadyTime KeyRing::turn() {
  SteadyTime next = SteadyTime::max();
  for (const auto& each : owns_) next = std::min(next, each->keeper.turn());
  return next;
}

const CredentialKeeper& KeyRing::own(Signer signer) const {
  return owns_.at(static_cast<std::size_t>(signer))->keeper;
}

const CredentialKeeper& KeyRing::used_by(Signer signer) const {
  return own(signer).is_wanted() ? own(signer) : own(Signer::amazon);
}

AwsCredentials KeyRing::usable(Signer signer) const {
  const AwsCredentials* const keys = used_by(signer).usable();
  return keys == nullptr ? AwsCredentials{} : *keys;
}

CredentialStatus KeyRing::status(Signer signer) const {
  return used_by(signer).status();
}

CredentialStatus KeyRing::own_status(Signer signer) const {
  return own(signer).status();
}

void KeyRing::refused(std::string_view access_key_id) {
  for (const auto& each : owns_) each->keeper.refused(access_key_id);
}

void KeyRing::reload(const KeyRingOptions& options) {
  owns_[0]->keeper.reload(options.shared);
  owns_[1]->keeper.reload(options.feed);
  owns_[2]->keeper.reload(options.cloud);
}

void KeyRing::stop() {
  for (const auto& each : owns_) each->keeper.stop();
}

}  // namespace gatehouse::sync
