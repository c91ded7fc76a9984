#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>

#include "sync/transport/transport.hpp"
#include "tests/sync/simulation/schedule.hpp"

namespace gatehouse::sync::simulation {

/// What becomes of one request.
struct Fate {
  std::optional<milliseconds> arrives_after = milliseconds{20};  ///< nullopt: it never does
  milliseconds replied_after{40};
  std::optional<Reply> reply{};  ///< what the sender sees instead of the server's answer
  std::optional<milliseconds> arrives_again_after{};  ///< somebody on the way repeats it
};

[[nodiscard]] Reply answer(int status, std::string body = "");
[[nodiscard]] Reply not_sent();
[[nodiscard]] Reply no_answer();

/// The line between the box and the world. What was sent arrives even when the sender has forgotten
/// about it: as after a crash.
class Network final : public Transport {
 public:
  using Server = std::function<Reply(const Request&)>;
  using Fates = std::function<Fate(const Request&)>;
  Network(Schedule& schedule, Server server, Fates fates);

  std::uint64_t start(Request request, Done done) override;
  void cancel(std::uint64_t id) override { open_.erase(id); }

  [[nodiscard]] std::size_t in_flight() const { return open_.size(); }
  [[nodiscard]] std::size_t most_in_flight() const { return most_in_flight_; }
  void set_fates(Fates fates) { fates_ = std::move(fates); }

 private:
  Schedule& schedule_;
  Server server_;
  Fates fates_;
  std::set<std::uint64_t> open_;
  std::uint64_t last_id_ = 0;
  std::size_t most_in_flight_ = 0;
};

}  // namespace gatehouse::sync::simulation
