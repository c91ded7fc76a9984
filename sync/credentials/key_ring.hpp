#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "sync/credentials/keeper.hpp"

namespace gatehouse::sync {

/// Who signs requests.
enum class Signer { amazon, feed, cloud };

/// The keys of everybody who signs: those of [aws], which all of them use, except where feed or
/// cloud has a role of its own. Each set is kept, renewed and, when it was refused, fetched anew by
/// itself, so a role that cannot be assumed stops nobody else.
///
/// Not thread-safe: the sync thread owns it; what it is given outlives it.
class KeyRing {
 public:
  KeyRing(const KeyRingOptions& options, Transport& transport, const ProcessThread::Post& post,
          const Clock& clock, const Chance& chance);

  /// As CredentialKeeper::turn().
  SteadyTime turn();
  /// {}: there are none, so what this one signs waits.
  [[nodiscard]] AwsCredentials usable(Signer signer) const;
  /// Of those that it signs with.
  [[nodiscard]] CredentialStatus status(Signer signer) const;
  /// Of those of its own; not wanted where it has none.
  [[nodiscard]] CredentialStatus own_status(Signer signer) const;

  /// A request signed with this key was refused as expired or invalid: whoever uses it fetches.
  void refused(std::string_view access_key_id);
  void reload(const KeyRingOptions& options);
  void stop();

 private:
  struct Own {
    Own(const CredentialOptions& options, Transport& transport, const ProcessThread::Post& post,
        const Clock& clock, const Chance& chance)
        : processes(post), keeper(options, transport, processes, clock, chance) {}
    ProcessThread processes;  ///< of its own: it runs one program at a time
    CredentialKeeper keeper;
  };
  [[nodiscard]] const CredentialKeeper& own(Signer signer) const;
  [[nodiscard]] const CredentialKeeper& used_by(Signer signer) const;

  std::array<std::unique_ptr<Own>, 3> owns_;  ///< by Signer
};

}  // namespace gatehouse::sync
