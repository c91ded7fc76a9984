#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "store/values/time.hpp"

// What speaks for this machine's clock. It decides nothing that cannot be taken back: what is not
// confirmed delays, and is shown.
namespace gatehouse::sync {

enum class ClockState {
  doubtful,   ///< too little speaks for it, or something against it
  confirmed,  ///< two signs: two hosts, or one host and the kernel
  wrong,      ///< it stands below a time that was confirmed before
};
[[nodiscard]] std::string_view to_text(ClockState state);

/// Signs for the wall clock since it was last set: the `Date` of hosts that answered, and whether
/// the kernel counts as synchronised (NTP). A sign agrees within tolerance; the hosts that count
/// agree with each other, too. What a host said counts for an hour. Below the newest time that was
/// ever confirmed the clock is wrong, unless three signs say that that time was, or fewer have said
/// so for an hour. Pure; durations are those of the boot clock; not thread-safe.
class ClockEvidence {
 public:
  static constexpr std::chrono::minutes tolerance{2};
  static constexpr std::size_t signs_min = 2;
  static constexpr std::size_t signs_to_overrule = 3;
  static constexpr std::chrono::hours kept_for{1};
  static constexpr std::chrono::hours held_to_overrule{1};
  static constexpr std::chrono::hours far_off{1};
  /// Hosts that are remembered. One more takes the place of the one that was heard first.
  static constexpr std::size_t hosts_max = 16;

  /// A host answered; the clock was so far ahead of its `Date`. The last one of a host counts. A
  /// host on this machine (is_local) has our own clock, and counts for nothing.
  void heard(std::string_view host, std::chrono::seconds ahead, milliseconds since_boot);
  /// The kernel's word, whenever it was asked.
  void kernel_says(bool synchronised) { kernel_ = synchronised; }
  /// The wall clock was set: what was heard was about another one.
  void stepped();
  /// The newest time that was confirmed, as it is on disk. `since_boot`: when that was, where it
  /// was in this run.
  void remember(WallTime confirmed, std::optional<milliseconds> since_boot = std::nullopt);
  /// Time has passed: what is too old is forgotten. Before judge().
  void pass(milliseconds since_boot);

  struct Verdict {
    ClockState state = ClockState::doubtful;
    std::size_t hosts_for = 0;
    std::size_t hosts_against = 0;
    bool far_off = false;  ///< for one of these it is by more than an hour
    /// How far the clock is ahead, by the median of the hosts; nullopt: none was heard.
    std::optional<std::chrono::seconds> ahead{};
  };
  [[nodiscard]] Verdict judge(WallTime now) const;
  [[nodiscard]] bool kernel_synchronised() const { return kernel_; }

  /// Where the clock is confirmed and the newest confirmed time on disk is an hour old, or more, or
  /// was overruled: that `now` should be written down in its place, which remember() then notes.
  /// Two signs alone take it no further than the time that has passed since it was noted, or they
  /// must have held for an hour: once it is noted, it makes the clock wrong.
  [[nodiscard]] bool should_note(WallTime now) const;
  [[nodiscard]] const std::optional<WallTime>& newest_confirmed() const { return confirmed_; }

 private:
  struct Heard {
    std::chrono::seconds ahead;
    std::uint64_t number;
    milliseconds at;
  };
  [[nodiscard]] std::size_t hosts_that_agree() const;
  /// Signs for the clock, whatever is on disk; 0: too few, or too many against it.
  [[nodiscard]] std::size_t signs_for() const;
  [[nodiscard]] bool overrules() const;

  std::map<std::string, Heard, std::less<>> hosts_;
  std::uint64_t heard_ = 0;
  bool kernel_ = false;
  std::optional<WallTime> confirmed_;
  std::optional<milliseconds> noted_at_;  ///< nullopt: not in this run
  milliseconds now_{0};
  std::optional<milliseconds> agreed_since_;
};

/// The host of an URL, '' where it is on this machine, or is not known to be who it says (https).
[[nodiscard]] std::string distant_host(std::string_view url);

}  // namespace gatehouse::sync
