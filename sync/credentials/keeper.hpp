#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/values/time.hpp"
#include "sync/credentials/lease.hpp"
#include "sync/credentials/options.hpp"
#include "sync/credentials/process_runner.hpp"
#include "sync/credentials/shared_file.hpp"
#include "sync/credentials/status.hpp"
#include "sync/transport/transport.hpp"

namespace gatehouse::sync {

/// Gets the keys that sign from their source, assumes a role with them where one is
/// configured, and renews them before they expire. They are in memory only. What goes wrong is
/// tried again by the retry policy, and the keys at hand are used until they really expire. They
/// are kept even then: a clock that is set back may show that they have not.
///
/// Nothing here blocks but the reading of a small local file: the network is the transport's, a
/// program runs on a thread of its own. Not thread-safe: the sync thread owns it; what it is given
/// outlives it.
class CredentialKeeper {
 public:
  CredentialKeeper(CredentialOptions options, Transport& transport, ProcessRunner& processes,
                   const Clock& clock, Chance chance);
  /// Forgets what is being fetched.
  ~CredentialKeeper();
  CredentialKeeper(const CredentialKeeper&) = delete;
  CredentialKeeper& operator=(const CredentialKeeper&) = delete;

  /// Fetches what is due. To be called after each reply, and no later than the time it gives.
  SteadyTime turn();
  /// nullptr: there are none, so nothing can be signed. Valid until the next call of anything here.
  [[nodiscard]] const AwsCredentials* usable() const;
  [[nodiscard]] CredentialStatus status() const;
  [[nodiscard]] bool is_wanted() const { return options_.wanted; }

  /// A request signed with this key was refused as expired or invalid: if it is the one in use,
  /// new ones are fetched at once, though no earlier than refetch_pause_min after the last fetch.
  /// Where they are refused as well, new keys cannot mend it: that pause doubles with each fetch up
  /// to refetch_pause_max, and begins anew once nothing was refused for refused_quiet.
  void refused(std::string_view access_key_id);
  static constexpr milliseconds refetch_pause_min{30'000};
  static constexpr milliseconds refetch_pause_max = std::chrono::minutes{15};
  static constexpr milliseconds refused_quiet = std::chrono::minutes{5};
  /// After SIGHUP: fetches them anew at once from wherever they come now; until that worked, the
  /// ones at hand stay in use.
  void reload(CredentialOptions options);
  /// Fetches nothing any more.
  void stop();

 private:
  void look_at_file();
  void look_at_expiry();
  void suspect_at_once();
  void fetch();
  void fetch_file();
  void fetch_process();
  void fetch_iot();
  void fetched(Result<IssuedCredentials> issued);
  void assume(const AwsCredentials& keys);
  void finish(Result<IssuedCredentials> issued,
              std::optional<std::chrono::seconds> retry_after = std::nullopt);
  void cancel();

  CredentialOptions options_;
  Transport& transport_;
  ProcessRunner& processes_;
  const Clock& clock_;
  Chance chance_;

  Lease lease_;
  AwsCredentials keys_;
  std::optional<WallTime> issued_at_;
  int failures_ = 0;
  bool expired_ = false;  ///< by the clock, at the last turn
  bool refused_ = false;  ///< since they were fetched last
  std::optional<SteadyTime> refused_at_;
  milliseconds refetch_pause_ = refetch_pause_min;
  std::string last_error_;
  std::uint64_t request_ = 0;  ///< 0: none in flight
  bool process_runs_ = false;
  bool stopped_ = false;
  FileStamp file_stamp_;
  SteadyTime look_at_file_at_;
};

}  // namespace gatehouse::sync
