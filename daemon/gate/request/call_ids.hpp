#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace gatehouse::gate {

class DocumentParser;

/// The beginning of a text from outside, kept without an allocation, fit for one log line.
class ShortText {
 public:
  void assign(std::string_view text);
  /// As printable() shows it, without what could be a card number; "-" for none.
  [[nodiscard]] std::string shown() const;

 private:
  static constexpr std::size_t shown_max = 64;
  // More than is shown, so that a cut is seen, and a card number that the cut goes through.
  static constexpr std::size_t kept_max = shown_max + 32;
  std::array<char, kept_max> bytes_{};
  std::uint8_t size_ = 0;
};

/// What an integrator finds a call by. A requestId that is no UUID is left out: whatever it is, it
/// may not be fit for a log.
struct CallIds {
  ShortText request_id;
  ShortText trip_id;
};

/// The ids in the body that was parsed last, also where that body was refused for a field.
[[nodiscard]] CallIds call_ids(const DocumentParser& parser);

}  // namespace gatehouse::gate
