#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

#include "store/values/time.hpp"
#include "sync/cloud/cloud_options.hpp"
#include "sync/transport/transport.hpp"

namespace gatehouse::sync {

/// A question of the gate about a shopper whom the cache does not know.
struct Question {
  std::string path;  ///< below CloudOptions::url
  std::string body;
  SteadyTime deadline;
  /// Called once: the body of a 200, or nullopt.
  std::move_only_function<void(std::optional<std::string>)> done;
};

/// Asks the retailer's cloud, once each: somebody stands at the gate, and a second try would come
/// too late. Not thread-safe: the sync thread owns it.
class CloudQuestions {
 public:
  static constexpr std::size_t open_max = 64;

  /// `transport` and `clock` outlive it.
  CloudQuestions(CloudOptions options, Transport& transport, const Clock& clock);
  CloudQuestions(const CloudQuestions&) = delete;
  CloudQuestions& operator=(const CloudQuestions&) = delete;

  /// Answers with nullopt at once where there is no cloud, no key to sign with, no time is left,
  /// open_max are open already, or it was stopped.
  void ask(Question question);
  [[nodiscard]] std::size_t open() const { return open_.size(); }
  /// For the questions from now on.
  void reload(CloudOptions options) { options_ = std::move(options); }
  /// Asks no more; those that are open are still answered.
  void stop() { stopped_ = true; }
  /// Answers those that are open with nullopt.
  void give_up();

 private:
  struct Open {
    std::uint64_t request = 0;
    std::move_only_function<void(std::optional<std::string>)> done;
  };

  void on_reply(std::uint64_t number, const Reply& reply);

  CloudOptions options_;
  Transport& transport_;
  const Clock& clock_;
  std::unordered_map<std::uint64_t, Open> open_;  ///< by number
  std::uint64_t last_number_ = 0;
  bool stopped_ = false;
};

}  // namespace gatehouse::sync
