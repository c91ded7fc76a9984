#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "store/values/money.hpp"

namespace gatehouse {

/// Writes one JSON object as text, member by member, in the order of the calls. An amount is text
/// from end to end: it never passes through a double. Names are literals that need no escape.
///
///   JsonObject().text("tripId", trip).json("amount", amount_text(money)).done()
class JsonObject {
 public:
  /// With room for an answer of the gate, so that it does not grow step by step while a shopper
  /// waits.
  JsonObject() { json_.reserve(room_bytes); }
  JsonObject& text(std::string_view name, std::string_view value);
  JsonObject& number(std::string_view name, std::int64_t value);
  JsonObject& boolean(std::string_view name, bool value);
  /// `value` is JSON already: an object of this writer, a number's text, what somebody else wrote.
  JsonObject& json(std::string_view name, std::string_view value);
  /// All members of `object`, which is the text of an object of this writer.
  JsonObject& members(std::string_view object);

  /// Ends it: nothing may be written to it any more.
  [[nodiscard]] std::string done() { return std::move(json_ += '}'); }

 private:
  static constexpr std::size_t room_bytes = 128;
  std::string& begin(std::string_view name);
  std::string json_ = "{";
};

/// Each of `values` is JSON already.
[[nodiscard]] std::string json_array(std::span<const std::string> values);

/// {"amount":"15.99","code":"USD"}
[[nodiscard]] std::string amount_text(const Money& money);
/// {"amount":15.99,"code":"USD"}
[[nodiscard]] std::string amount_number(const Money& money);

}  // namespace gatehouse
