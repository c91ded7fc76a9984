#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "store/ledger/ledger_reader.hpp"
#include "sync/amazon/jwo_options.hpp"
#include "sync/amazon/payments.hpp"
#include "sync/credentials/keys.hpp"
#include "sync/delivery/sender.hpp"
#include "sync/delivery/surroundings.hpp"
#include "sync/transport/transport.hpp"

namespace gatehouse::sync {

/// What Amazon has said so far about a charge that the ledger cannot vouch for.
struct UnvouchedLook {
  int clear = 0;               ///< looks that were answered and show no capture, this one included
  milliseconds since_cart{0};  ///< by the steady clock, at least so long since its cart came
};
enum class AfterLook { again, charge };
/// Charged after two clear looks, the second 20 min after the cart came: Amazon may show a capture
/// late. `minute` is a minute, and less in tests. Pure.
[[nodiscard]] AfterLook after_look(const UnvouchedLook& look, milliseconds minute);
/// From a clear look to the next one.
[[nodiscard]] milliseconds until_next_look(const UnvouchedLook& look, milliseconds minute);

/// jwo.unvouched = "ask": asks Amazon for the transactional data of priced charges that are
/// withheld (store::Settlement::withheld), and lets those go of which two looks show nothing. One
/// that shows a reconciliationId may have been charged by whoever had the trip before: it is held,
/// for a person. Nothing is asked where the store does not share that
/// (jwo.reconciliation_means_captured = false), nor once the evidence has proved unsound
/// (LedgerReader::evidence_unsound()). A look that is not answered, or with anything but a JSON
/// object, permits nothing: it is made again. That a capture shows there is inference
/// (settlement.hpp), which is why "hold" is the default.
///
/// What it has learned is in memory: after a start it begins anew, so the 20 min count from when
/// this process saw the charge first. It has up to asked_max charges in mind, and gives way to the
/// others where one is not answered several times. The checkout service has nothing to be asked.
/// With "hold" it does nothing. The settler never has to do with a charge that is withheld, so the
/// two share nothing.
///
/// Not thread-safe: the sync thread owns it.
class UnvouchedLooks {
 public:
  static constexpr std::size_t asked_max = 512;

  UnvouchedLooks(std::string store_id, JwoOptions options, AwsCredentials credentials,
                 const Surroundings& surroundings);
  ~UnvouchedLooks();
  UnvouchedLooks(const UnvouchedLooks&) = delete;
  UnvouchedLooks& operator=(const UnvouchedLooks&) = delete;

  /// As Settler::turn().
  SteadyTime turn();
  [[nodiscard]] std::size_t in_flight() const { return busy_.size(); }
  /// To what the settler says of the same service.
  void add_waits(DestinationStatus& payments) const { sender_.add_waits(busy_, payments); }
  /// Charges of which it cannot be written down what a look has shown.
  [[nodiscard]] const Quarantine& quarantine() const { return sender_.quarantine(); }
  void stop() { sender_.stop(); }
  /// For the looks that start from now on.
  void reload(JwoOptions options, AwsCredentials credentials);

 private:
  struct Asked {
    SteadyTime seen_at;  ///< its cart was here by then
    SteadyTime look_at;  ///< not before
    int clear = 0;
    int failures = 0;
  };
  struct Busy {
    store::Settlement settlement;
    std::uint64_t request = 0;  ///< 0: answered, and what follows is on its way to the disk
    Wait wait{};
  };

  [[nodiscard]] bool may_ask() const;
  [[nodiscard]] bool evidence_decides();
  [[nodiscard]] SteadyTime start_due();
  [[nodiscard]] std::size_t slots() const;
  /// Takes up charges, as far as there is room.
  [[nodiscard]] Result<> take_up();
  [[nodiscard]] Result<> ask(std::int64_t trip);
  void on_reply(std::int64_t trip, const Reply& reply);
  void on_clear_look(std::int64_t trip);
  void on_failure(std::int64_t trip, const PaymentAnswer& answer, const Reply& reply);
  void let_go(std::int64_t trip);
  void hold(std::int64_t trip, const PaymentAnswer& answer);
  void on_recorded(std::int64_t trip, const Result<>& result);

  std::string store_id_;
  JwoOptions options_;
  AwsCredentials credentials_;
  store::LedgerReader& reader_;
  Transport& transport_;
  const Clock& clock_;
  Sender sender_;                                  ///< keeps out by trip_sequence
  std::unordered_map<std::int64_t, Asked> asked_;  ///< by trip_sequence
  std::unordered_map<std::int64_t, Busy> busy_;    ///< by trip_sequence
  std::int64_t taken_up_to_ = 0;                   ///< the next ones come after this trip
  SteadyTime take_up_at_;
};

}  // namespace gatehouse::sync
