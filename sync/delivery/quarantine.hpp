#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "store/values/time.hpp"

namespace gatehouse::sync {

/// What is left out of every choice because the ledger cannot give it, or cannot take down what
/// became of it: so that damage to one record costs neither a slot nor the others their turn. Only
/// in memory: a restart tries each once more, and so does a person's retry, which makes it due at
/// another time than before.
class Quarantine {
 public:
  /// More is a ledger that needs a person, not a list.
  static constexpr std::size_t size_max = 1'024;

  /// False, and it was not taken in: the limit is reached. Whoever asks pauses then, for the same
  /// record will be chosen again.
  /// `due_at`: when it was due, where a retry lets it in.
  bool add(std::int64_t id, SteadyTime until, std::string reason,
           std::optional<WallTime> due_at = std::nullopt);
  /// It is well again.
  void remove(std::int64_t id) { kept_.erase(id); }
  /// `due_at`: when it is due.
  [[nodiscard]] bool holds(std::int64_t id, SteadyTime now,
                           std::optional<WallTime> due_at = std::nullopt) const;
  /// Also those whose time is over and that have not been well since.
  [[nodiscard]] std::size_t size() const { return kept_.size(); }
  /// Of the last one; '' : there was none.
  [[nodiscard]] const std::string& reason() const { return reason_; }

 private:
  struct Kept {
    SteadyTime until;
    std::optional<WallTime> due_at;
  };
  std::unordered_map<std::int64_t, Kept> kept_;
  std::string reason_;
};

}  // namespace gatehouse::sync
