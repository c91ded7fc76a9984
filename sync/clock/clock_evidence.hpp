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
/// agree with each other, too. Below the newest time that was ever confirmed the clock is wrong,
/// unless three signs say that that time was. Pure; not thread-safe.
class ClockEvidence {
 public:
  static constexpr std::chrono::minutes tolerance{2};
  static constexpr std::size_t signs_min = 2;
  static constexpr std::size_t signs_to_overrule = 3;
  /// Hosts that are remembered. One more takes the place of the one that was heard first.
  static constexpr std::size_t hosts_max = 16;

  /// A host answered; the clock was so far ahead of its `Date`. The last one of a host counts. A
  /// host on this machine (is_local) has our own clock, and counts for nothing.
  void heard(std::string_view host, std::chrono::seconds ahead);
  /// The kernel's word, whenever it was asked.
  void kernel_says(bool synchronised) { kernel_ = synchronised; }
  /// The wall clock was set: what was heard was about another one.
  void stepped();
  /// The newest time that was confirmed, as it is on disk.
  void remember(WallTime confirmed);

  struct Verdict {
    ClockState state = ClockState::doubtful;
    std::size_t hosts_for = 0;
    std::size_t hosts_against = 0;
    /// How far the clock is ahead, by the median of the hosts; nullopt: none was heard.
    std::optional<std::chrono::seconds> ahead{};
  };
  [[nodiscard]] Verdict judge(WallTime now) const;
  [[nodiscard]] bool kernel_synchronised() const { return kernel_; }

  /// Where the clock is confirmed and the newest confirmed time on disk is an hour old, or more, or
  /// was overruled: that `now` should be written down in its place, which remember() then notes.
  [[nodiscard]] bool should_note(WallTime now) const;
  [[nodiscard]] const std::optional<WallTime>& newest_confirmed() const { return confirmed_; }

 private:
  struct Heard {
    std::chrono::seconds ahead;
    std::uint64_t number;
  };
  [[nodiscard]] std::size_t hosts_that_agree() const;

  std::map<std::string, Heard, std::less<>> hosts_;
  std::uint64_t heard_ = 0;
  bool kernel_ = false;
  std::optional<WallTime> confirmed_;
};

/// The host of an URL, '' where it is on this machine or there is none.
[[nodiscard]] std::string distant_host(std::string_view url);

}  // namespace gatehouse::sync
