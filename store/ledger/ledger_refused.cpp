// Carts that were answered 400.
#include <fmt/format.h>

#include "store/ledger/checked_bytes.hpp"
#include "store/ledger/delivery_key.hpp"
#include "store/ledger/ledger_state.hpp"
#include "store/values/sha256.hpp"
#include "store/values/text/hexadecimal.hpp"

namespace gatehouse::store {
namespace {

/// In refused_share: no IP address.
constexpr std::string_view all_callers = "*";
constexpr std::string_view dropped_unsent = "the cart was dropped by a person";

struct Share {
  std::int64_t carts = 0;
  std::int64_t bytes = 0;
};

}  // namespace

Result<RefusedOutcome> Ledger::keep_refused(const NewRefusedCart& cart) {
  return state_->atomically("keeping a refused cart", [&] { return state_->keep_refused(cart); });
}

Result<RefusedOutcome> Ledger::State::keep_refused(const NewRefusedCart& cart) {
  const std::string digest = sha256(cart.body);
  const std::string_view fingerprint = cart.fingerprint.empty() ? digest : cart.fingerprint;
  auto known =
      repeat_refused_.first(sqlite::read_number, sqlite::Blob{fingerprint}, cart.received_at);
  if (!known) return propagate(std::move(known));
  if (*known) return RefusedOutcome::repeated;

  const auto bytes = static_cast<std::int64_t>(cart.body.size());
  const auto has_room = [&](std::string_view caller, std::int64_t carts_max,
                            std::int64_t bytes_max) -> Result<bool> {
    const auto read = [](const sqlite::Rows& row) { return Share{row.integer(0), row.integer(1)}; };
    auto share = share_of_caller_.first(read, caller);
    if (!share) return propagate(std::move(share));
    const Share taken = share->value_or(Share{});
    return taken.carts < carts_max && taken.bytes + bytes <= bytes_max;
  };
  auto room = has_room(all_callers, refused_carts_max, refused_bytes_max);
  if (!room) return propagate(std::move(room));
  auto own_room = has_room(cart.caller, refused_carts_of_caller_max, refused_bytes_of_caller_max);
  if (!own_room) return propagate(std::move(own_room));
  Result<> done;
  if (!*room || !*own_room) {
    done = note_not_kept_.run(cart.received_at);
  } else {
    done = insert_refused_.run(sqlite::Blob{fingerprint}, std::string_view(cart.caller),
                               std::string_view(cart.trip_id), std::string_view(cart.reason),
                               cart.received_at, sqlite::Blob{cart.body}, sqlite::Blob{digest});
    if (done) done = add_to_share_.run(std::string_view(cart.caller), bytes);
    if (done) done = add_to_share_.run(all_callers, bytes);
  }
  if (!done) return propagate(std::move(done));
  if (!*room) return RefusedOutcome::full;
  return *own_room ? RefusedOutcome::kept : RefusedOutcome::caller_full;
}

Result<Forwarded> Ledger::forward_refused(std::int64_t id, WallTime at) {
  return state_->atomically("forwarding a refused cart",
                            [&] { return state_->forward_refused(id, at); });
}

Result<Forwarded> Ledger::State::forward_refused(std::int64_t id, WallTime at) {
  struct Found {
    std::optional<std::int64_t> delivery_id;
    WallTime first_at;
    std::string fingerprint;
    Result<std::string> bytes;
  };
  const auto read = [](const sqlite::Rows& row) {
    return Found{row.is_null(0) ? std::nullopt : std::optional(row.integer(0)), row.time(1),
                 std::string(row.blob(2)), checked_bytes(row, 3)};
  };
  auto found = refused_to_forward_.first(read, id);
  if (!found) return propagate(std::move(found));
  if (!*found) return Forwarded{};
  const Found& cart = **found;
  if (cart.delivery_id) return Forwarded{Forwarded::Outcome::identical, *cart.delivery_id};
  if (!cart.bytes) return propagate(cart.bytes);
  auto forwarded = deliver_refused(cart.fingerprint, *cart.bytes, cart.first_at, at);
  if (!forwarded) return propagate(std::move(forwarded));
  if (Result<> noted = note_forwarded_.run(id, forwarded->delivery_id); !noted) {
    return propagate(std::move(noted));
  }
  return forwarded;
}

Result<Dropped> Ledger::drop_refused(std::int64_t id) {
  return state_->atomically("dropping a refused cart", [&] { return state_->drop_refused(id); });
}

Result<Dropped> Ledger::State::drop_refused(std::int64_t id) {
  struct Cart {
    std::string trip_id;
    std::string caller;
    std::int64_t bytes;
    std::optional<std::int64_t> delivery_id;
  };
  const auto read = [](const sqlite::Rows& row) {
    return Cart{row.string(0), row.string(1), row.integer(2),
                row.is_null(3) ? std::nullopt : std::optional(row.integer(3))};
  };
  auto dropped = drop_refused_.first(read, id);
  if (!dropped) return propagate(std::move(dropped));
  if (!*dropped) {
    const auto first = [](const sqlite::Rows& row) { return row.time(1); };
    const auto known = refused_to_forward_.first(first, id);
    if (!known) return propagate(known);
    return Dropped{*known ? Dropped::Outcome::on_its_way : Dropped::Outcome::unknown};
  }
  const Cart& cart = **dropped;
  Result<> done = take_from_share_.run(std::string_view(cart.caller), cart.bytes);
  if (done) done = take_from_share_.run(all_callers, cart.bytes);
  if (done) done = note_dropped_.run();
  if (done && cart.delivery_id) done = withdraw_refused_.run(*cart.delivery_id, dropped_unsent);
  if (!done) return propagate(std::move(done));
  return Dropped{Dropped::Outcome::dropped, cart.trip_id};
}

// A trip of its own, which no cart of Amazon's can be: the trip that the cart names may still come
// as it should be, and is charged by that cart alone. There is one where the cart was forwarded,
// dropped, and came again: the cloud has it, or gets it under the same key.
Result<Forwarded> Ledger::State::deliver_refused(std::string_view fingerprint,
                                                 std::string_view bytes, WallTime first_at,
                                                 WallTime at) {
  const std::string trip_id = "refused-cart:" + hexadecimal(fingerprint);
  struct Before {
    std::int64_t delivery_id;
    DeliveryState state;
    std::int64_t trip_sequence;
  };
  const auto read = [](const sqlite::Rows& row) {
    return Before{row.integer(0), row.enumeration<DeliveryState>(1), row.integer(2)};
  };
  const auto before = forwarded_before_.first(read, std::string_view(trip_id));
  if (!before) return propagate(before);
  if (*before) {
    const auto& [delivery_id, state, trip_sequence] = **before;
    if (state == DeliveryState::delivered || state == DeliveryState::pending) {
      return Forwarded{Forwarded::Outcome::identical, delivery_id};
    }
    const std::string digest = sha256(bytes);
    Result<> done = forward_anew_.run(delivery_id, at, sqlite::Blob{bytes}, sqlite::Blob{digest});
    if (done) done = renew_order_.run(trip_sequence);
    if (!done) return propagate(std::move(done));
    return Forwarded{Forwarded::Outcome::recorded, delivery_id};
  }
  const std::string digest = sha256("");
  Result<> done =
      insert_trip_.run(std::string_view(trip_id), std::string_view(), Entry::app, first_at, at,
                       sqlite::Blob{fingerprint}, sqlite::Blob{""}, sqlite::Blob{digest});
  if (!done) return propagate(std::move(done));
  const std::string key = delivery_key(trip_id, DeliveryKind::refused_cart);
  done = add_delivery(database_.last_insert_id(), DeliveryKind::refused_cart, key, bytes, at);
  if (!done) return propagate(std::move(done));
  return Forwarded{Forwarded::Outcome::recorded, database_.last_insert_id()};
}

}  // namespace gatehouse::store
