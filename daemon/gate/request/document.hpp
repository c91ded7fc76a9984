#pragma once

#include <simdjson.h>

#include <cstddef>
#include <expected>
#include <optional>
#include <string_view>

#include "daemon/gate/request/field_error.hpp"

namespace gatehouse::gate {

/// How deep a request's JSON may nest; deeper is answered with 400. A cart nests five deep.
inline constexpr std::size_t json_depth_max = 64;

/// Parses request bodies one after the other in the same memory, which grows to what the largest
/// body so far needed (about 12 times its size; the listener limits bodies). Not thread-safe: each
/// gate thread has its own.
class DocumentParser {
 public:
  /// The body as one JSON object. All of it is checked: grammar, UTF-8, depth, and that nothing
  /// follows it. Of a name that comes twice the first one counts; numbers of any size are taken.
  /// The object and every view got from it live until the next parse().
  /// Throws std::bad_alloc only; the listener answers that with 503.
  [[nodiscard]] std::expected<simdjson::dom::object, FieldError> parse(std::string_view body);
  /// What the last parse() gave; nullopt where that failed.
  [[nodiscard]] const std::optional<simdjson::dom::object>& last() const { return last_; }

 private:
  simdjson::simdjson_result<simdjson::dom::element> parse_element(std::string_view body);

  simdjson::dom::parser parser_;
  std::optional<simdjson::dom::object> last_;
};

}  // namespace gatehouse::gate
