#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/gate/call/call_context.hpp"
#include "daemon/gate/call/connector.hpp"

namespace gatehouse::gate {

/// Has the ledger keep carts that are answered 400, because they may stand for money all the same.
/// Nobody waits for that: the answer goes out as ever, and what cannot be kept is said in the log,
/// with trip and reason (in a flood of some, with how many were left out), and counted. The ledger
/// keeps them within limits of its own (store/ledger/records/refused_cart.hpp). At most
/// `submitted_max` of them are handed to it at a time, so that a flood of them cannot fill the
/// queue of the carts that are taken; the others wait here, in the order that they came: at most
/// `waiting_max` with those, of `waiting_max_bytes` together. On the gate's thread.
class RefusedCarts {
 public:
  static constexpr std::size_t submitted_max = 64;
  static constexpr std::size_t waiting_max = 1024;
  static constexpr std::size_t waiting_max_bytes = std::size_t{4} * 1024 * 1024;

  explicit RefusedCarts(const CallContext& context);

  /// A cart whose call has just been parsed, and refused for this. Nothing is kept of an empty
  /// body, nor of the carts that `gatehouse selftest` sends to be refused.
  void keep(const Call& call, std::string_view reason);

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace gatehouse::gate
