#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "tests/child/child.hpp"

namespace gatehouse::end_to_end {

/// What a test says about its box; the rest is a plain box on throwaway state.
struct BoxOptions {
  std::string feed_url{};
  std::string cloud_url{};
  std::string payments_url{};  ///< of Amazon's payment and checkout services; '' : no settlement
  std::string settlement = "payment";
  std::string more{};  ///< further TOML, appended
  std::map<std::string, std::string> environment{};
  std::filesystem::path log_file{};  ///< '' : one of its own
  bool sets_clock = false;           ///< set_clock() may be used
};

/// A real gatehoused on a state folder that outlives its restarts.
class Box {
 public:
  explicit Box(BoxOptions options = {});
  ~Box();
  Box(const Box&) = delete;
  Box& operator=(const Box&) = delete;

  /// Starts the daemon and waits until it is ready.
  void start();
  /// SIGTERM; the exit status, or nullopt when it has not ended within 5 s.
  [[nodiscard]] std::optional<int> stop();
  void kill();
  /// The wall clock that the daemon sees is so far ahead of the machine's, now and after the next
  /// start; its steady clock goes on as it did. Seen within a second.
  void set_clock(std::chrono::seconds ahead) const;
  /// Replaces `more` in the configuration file; takes effect at a start or a SIGHUP.
  void reconfigure(std::string more);
  /// Runs `gatehouse ARGUMENTS` against this box; its exit status and what it printed.
  [[nodiscard]] std::pair<int, std::string> command(const std::string& arguments) const;

  [[nodiscard]] child::Child& daemon() { return *daemon_; }
  [[nodiscard]] unsigned short gate_port() const { return gate_port_; }
  [[nodiscard]] unsigned short local_port() const { return local_port_; }
  [[nodiscard]] std::string gate_url() const;
  [[nodiscard]] std::filesystem::path state() const { return folder_.path() / "state"; }
  [[nodiscard]] std::filesystem::path configuration() const;
  [[nodiscard]] std::string log() const;

 private:
  [[nodiscard]] std::filesystem::path log_file() const;
  [[nodiscard]] std::filesystem::path clock_file() const { return folder_.path() / "clock"; }
  void end_daemon();

  child::TemporaryFolder folder_;
  BoxOptions options_;
  std::optional<child::Child> daemon_;
  std::string process_number_{};
  unsigned short gate_port_ = 0;
  unsigned short local_port_ = 0;
};

/// Waits until `condition` holds; false when it does not within `deadline`.
template <class Condition>
[[nodiscard]] bool eventually(Condition condition, std::chrono::milliseconds deadline) {
  const auto until = std::chrono::steady_clock::now() + deadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    child::pause();
  }
  return true;
}

/// The folder of a program of this build.
[[nodiscard]] std::string program(const char* name);

}  // namespace gatehouse::end_to_end
