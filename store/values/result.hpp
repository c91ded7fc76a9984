#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace gatehouse {

/// What the one who receives an error should do about it. Code branches on this and never on the
/// text of a message.
enum class Remedy {
  retry,   ///< Nothing was changed. The same call may succeed later (busy, disk full, I/O).
  reject,  ///< The input can never succeed as it is: tell whoever sent it what was expected.
  repair,  ///< Do not retry before a person has fixed what the message names.
};

/// An error is a value: library code returns it, the edge (a connection, a thread, main) logs it
/// once. The message says what came, what was expected and what to do next, and never carries a
/// key, a token or a payload.
struct Error {
  Remedy remedy;
  std::string message;

  /// The same error, seen from one call further up: "opening the ledger: " + message.
  [[nodiscard]] Error with_context(std::string_view context) && {
    return {remedy, std::string(context) + ": " + std::move(message)};
  }
};

template <class T = void>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> failure(Remedy remedy, std::string message) {
  return std::unexpected(Error{remedy, std::move(message)});
}

/// Hands an error on to the caller as it is, whatever its type: `return
/// propagate(std::move(found));`
template <class T, class E>
[[nodiscard]] std::unexpected<E> propagate(std::expected<T, E>&& result) {
  return std::unexpected(std::move(result.error()));
}
template <class T, class E>
[[nodiscard]] std::unexpected<E> propagate(const std::expected<T, E>& result) {
  return std::unexpected(result.error());
}

/// Hands an error on with one more line of context.
template <class T>
[[nodiscard]] std::unexpected<Error> propagate(Result<T>&& result, std::string_view context) {
  return std::unexpected(std::move(result.error()).with_context(context));
}

}  // namespace gatehouse
