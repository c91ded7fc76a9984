#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "store/ledger/records/delivery.hpp"
#include "store/values/time.hpp"

namespace gatehouse::store {

/// How many carts that were answered 400 are kept, and how much they may be together. Nothing is
/// ever evicted for a newer one: what is beyond is not kept, and said so.
inline constexpr std::int64_t refused_carts_max = 10'000;
inline constexpr std::int64_t refused_bytes_max = std::int64_t{64} * 1024 * 1024;
/// Of these, what one caller may take: half, so that whoever sends nonsense leaves room for others.
inline constexpr std::int64_t refused_carts_of_caller_max = refused_carts_max / 2;
inline constexpr std::int64_t refused_bytes_of_caller_max = refused_bytes_max / 2;

/// A cart that was answered 400, as the gate hands it over: its card numbers are masked already.
struct NewRefusedCart {
  std::string trip_id;  ///< as far as it could be read, ''
  std::string reason;   ///< what Amazon was answered; never a value that came
  std::string caller;   ///< whoever shares one share: the IP address, '' on unix sockets
  /// Equal where two requests bring the same cart. '' : their bytes decide.
  std::string fingerprint{};
  std::string body;
  WallTime received_at;
};

enum class RefusedOutcome {
  kept,
  repeated,     ///< the same cart again: counted
  full,         ///< not kept: refused_carts_max or refused_bytes_max is reached
  caller_full,  ///< not kept: this caller's share is
};

/// One that is kept, without its bytes.
struct RefusedCart {
  std::int64_t id = 0;
  std::string trip_id;
  std::string reason;
  std::string caller;
  WallTime first_at;
  WallTime last_at;
  std::int64_t times = 0;
  std::int64_t bytes = 0;
  std::optional<std::int64_t> delivery_id{};  ///< once a person has had it forwarded
  std::optional<DeliveryState> delivered{};   ///< how far that is
};

struct Forwarded {
  enum class Outcome {
    recorded,   ///< it is on its way to the cloud
    identical,  ///< it was before: nothing was done
    unknown,    ///< there is no such cart
  };
  Outcome outcome = Outcome::unknown;
  std::int64_t delivery_id = 0;
};

struct Dropped {
  enum class Outcome {
    dropped,
    on_its_way,  ///< it is being forwarded, and stays until the cloud has it or refuses it
    unknown,     ///< there is no such cart
  };
  Outcome outcome = Outcome::unknown;
  std::string trip_id{};
};

}  // namespace gatehouse::store
