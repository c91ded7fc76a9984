#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "store/cache/cache.hpp"
#include "store/ledger/ledger_reader.hpp"
#include "store/ledger/ledger_thread.hpp"
#include "store/values/time.hpp"
#include "sync/amazon/amazon_lane.hpp"
#include "sync/amazon/settler.hpp"
#include "sync/amazon/unvouched_looks.hpp"
#include "sync/clock/clock_watch.hpp"
#include "sync/clock/kernel_clock.hpp"
#include "sync/cloud/cloud_lane.hpp"
#include "sync/cloud/question.hpp"
#include "sync/credentials/key_ring.hpp"
#include "sync/credentials/watch.hpp"
#include "sync/delivery/forwarder.hpp"
#include "sync/delivery/recorder.hpp"
#include "sync/desk/decider.hpp"
#include "sync/desk/open_questions.hpp"
#include "sync/feed/cache_upkeep.hpp"
#include "sync/inbox.hpp"
#include "sync/sync_options.hpp"
#include "sync/sync_status.hpp"
#include "sync/transport/curl_transport.hpp"

namespace gatehouse::sync {

/// All that turns on the sync thread, and the order it turns in. Made before that thread starts
/// and destroyed after it was joined; used on it, except where something else is said.
class Engine {
 public:
  /// Fails where libcurl cannot be used. `cache.home`, `ledger` and `clock` outlive it.
  [[nodiscard]] static Result<std::unique_ptr<Engine>> open(SyncOptions options, ServedCache cache,
                                                            store::LedgerThread& ledger,
                                                            const Clock& clock,
                                                            const Chance& chance);

  /// Does what is due. Gives when the next turn is wanted at the latest.
  SteadyTime turn();
  /// Until then, a second at the most: each turn is the watchdog's proof of progress. A reply, a
  /// post from another thread or wake() ends it earlier.
  void wait_until(SteadyTime next);
  /// Starts nothing more, and turns until what is in flight has ended and is written down, or until
  /// `until`. Then it takes nothing more from other threads.
  void drain(SteadyTime until);
  [[nodiscard]] SyncStatus status() const;

  /// Ends the loop's wait. Thread-safe.
  void wake() const { transport_->wake(); }
  /// False: it takes nothing more, and the question was dropped without an answer. Thread-safe.
  [[nodiscard]] bool ask(Question question);
  /// The reader that the gate had before it was handed another one. Thread-safe.
  void take_back(store::CacheReader reader);
  /// Taken over between two turns. Thread-safe.
  void reload(SyncOptions options);

 private:
  Engine(SyncOptions options, std::unique_ptr<CurlTransport> transport, ServedCache cache,
         store::LedgerThread& ledger, const Clock& clock, const Chance& chance);

  [[nodiscard]] bool open_ledger();
  void recover_settlements();
  void hand_over_keys();
  [[nodiscard]] AwsCredentials keys_for_amazon() const;
  void sign_for_amazon();
  void sign_for_cloud();
  [[nodiscard]] SyncStatus status_of_parts() const;
  [[nodiscard]] bool is_busy() const;
  [[nodiscard]] LedgerDamage damage() const;
  void take_over(SyncOptions options);

  SyncOptions options_;
  const Clock& clock_;
  const store::LedgerThread& writer_;
  store::LedgerReader reader_;  ///< not open before there is a ledger
  std::string ledger_error_;    ///< why it could not be opened
  std::unique_ptr<CurlTransport> transport_;
  std::shared_ptr<Inbox> inbox_;
  LedgerInbox port_;
  LinuxClock kernel_;
  ClockWatch clock_watch_;  ///< the way to everything
  KeyRing keys_;
  CredentialWatch signed_;      ///< the way to all that may be signed
  AwsCredentials amazon_keys_;  ///< what is signed with now; empty: what is signed waits
  AwsCredentials feed_keys_;
  AwsCredentials cloud_keys_;
  CacheUpkeep cache_;
  Recorder recorder_;
  CloudQuestions questions_;
  CloudLane cloud_lane_;
  AmazonLane amazon_lane_;
  AmazonLane feedback_lane_;
  Forwarder to_cloud_;
  Forwarder to_amazon_;
  Forwarder reports_;
  Settler settler_;
  UnvouchedLooks unvouched_looks_;
  OpenQuestions open_questions_;
  Decider decider_;
  /// Charges whose call the process before us left behind and whose state is still to be written;
  /// nullopt: not known yet.
  std::optional<std::size_t> recovering_;
  SteadyTime recover_again_at_;
  std::string recovery_error_;
};

}  // namespace gatehouse::sync
