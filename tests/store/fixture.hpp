#pragma once

#include <array>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>

#include "store/ledger/ledger.hpp"
#include "store/ledger/ledger_reader.hpp"
#include "store/values/result.hpp"
#include "tests/child/child.hpp"

namespace gatehouse::store {

/// The value, or the error's message as a failure of the test.
template <class T>
T require(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

inline WallTime at(std::int64_t unix_ms) {
  return from_unix_ms(unix_ms);
}

inline NewCart make_cart(const std::string& trip_id, const std::string& body = "{\"a\":1}") {
  NewCart cart;
  cart.trip_id = trip_id;
  cart.purchase_id = "purchase-" + trip_id;
  cart.entry = Entry::card;
  cart.started_at = at(1'000);
  cart.received_at = at(5'000);
  cart.body = body;
  cart.first_settlement = SettlementState::awaiting_price;
  return cart;
}

inline constexpr milliseconds wait_max{60'000};

/// The schema's number as it stands in the file's own header, big-endian in bytes 60 to 63,
/// whatever the log beside it says. -1: the file is too short.
inline std::int64_t schema_in_header(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::array<unsigned char, 4> bytes{};
  in.seekg(60);
  if (!in.read(reinterpret_cast<char*>(bytes.data()), bytes.size())) return -1;
  std::int64_t number = 0;
  for (const unsigned char byte : bytes) number = number * 256 + byte;
  return number;
}

/// SQL that fills a ledger with delivered trips, and with statistics that say so: a scan would be
/// tempting.
inline constexpr const char* many_delivered_trips =
    "BEGIN;"
    "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 100000)"
    " INSERT INTO trip (sequence, trip_id, purchase_id, entry, started_at_ms, received_at_ms,"
    " fingerprint, cart) SELECT i, 'trip-' || i, 'p', 1, i, i, x'00', x'7b7d' FROM n;"
    "INSERT INTO delivery (trip_sequence, kind, state, idempotency_key, created_at_ms,"
    " next_attempt_ms) SELECT sequence, 1, 2, trip_id || ':cart', 1, 1 FROM trip;"
    "INSERT INTO settlement (trip_sequence, state, started_at_ms, next_attempt_ms,"
    " changed_at_ms) SELECT sequence, 10, 1, 1, 1 FROM trip;"
    "UPDATE delivery SET state = 1, ready_lane = 1 WHERE id % 10000 = 0;"
    "UPDATE settlement SET state = 2 WHERE trip_sequence % 10000 = 0;"
    "COMMIT; ANALYZE";

/// A ledger on real files, and a reader beside it.
class LedgerFixture {
 public:
  LedgerFixture() { reopen(); }

  void reopen() {
    reader.reset();
    ledger.reset();
    ledger.emplace(require(Ledger::open(file)));
    reader.emplace(require(LedgerReader::open(file)));
  }

  CartReceipt append(const NewCart& cart) {
    require(ledger->begin());
    CartReceipt receipt = require(ledger->append(cart));
    require(ledger->commit());
    return receipt;
  }
  TripView trip(const std::string& trip_id) {
    return require(reader->trip(trip_id)).value();  // throws where there is none
  }
  std::vector<std::int64_t> due_ids(WallTime now,
                                    LedgerReader::Order order = LedgerReader::Order::oldest_first,
                                    std::size_t limit = 100) {
    std::vector<std::int64_t> ids;
    for (const DueDelivery& due :
         require(reader->due_deliveries(Lane::cloud, now, wait_max, order, limit))) {
      ids.push_back(due.id);
    }
    return ids;
  }

  /// Those that are due, oldest first, with their payloads.
  std::vector<Delivery> due(Lane lane, WallTime now) {
    std::vector<Delivery> found;
    for (const DueDelivery& each : require(
             reader->due_deliveries(lane, now, wait_max, LedgerReader::Order::oldest_first, 100))) {
      found.push_back(require(reader->delivery(each)));
    }
    return found;
  }

  child::TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "ledger.db";
  std::optional<Ledger> ledger;
  std::optional<LedgerReader> reader;
};

}  // namespace gatehouse::store
