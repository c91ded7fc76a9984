#pragma once

#include <array>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/gate/request/field_error.hpp"
#include "store/values/time.hpp"

namespace gatehouse::gate {

class DocumentParser;

/// What the gate needs of POST /v1/identity/scan (connectors.md 4.1, FAQ). Views into the parser,
/// good until its next parse().
struct ScanRequest {
  bool has_request_id = false;  ///< a UUID: what else it is may not be fit for a log
  std::string_view store_id;
  std::optional<std::string_view> id;     ///< scanEvent.id: Base64 of the code (FAQ)
  std::optional<std::string_view> value;  ///< scanEvent.value: another place for it
  std::optional<WallTime> event_at;       ///< scanEvent.timestamp, where it is one
};

/// Reads and checks a scan: requestId, storeId (to 255) and scanEvent are required; of the event's
/// five strings at least one of id and value. A requestId that is no UUID is taken: the contract
/// has no 400 for a scan (connectors.md 4.2), and a person stands at the gate. What else the
/// contract leaves open is not checked, except that it is a string where it is there. Whether the
/// store is ours is not asked.
[[nodiscard]] std::expected<ScanRequest, FieldError> parse_scan(DocumentParser& parser,
                                                                std::string_view body);

/// A code to look up, by falling rank.
struct ScanCodes {
  /// 1. Base64 of `id`, decoded (FAQ). 2. Base64 of `value`, decoded. 3. `value` as it came. 4. and
  /// 5. the first two without the CR and LF at their end, where they have some. What does not
  /// decode, or to nothing, is left out.
  std::array<std::optional<std::string>, 5> candidates;
  /// What a refusal answers as `id`: the first code that decodes to text, else the code as it came.
  /// Where `id` is a UUID it only numbers the event (connectors.md 4.1), and the code is `value`.
  std::string shown;
};
[[nodiscard]] ScanCodes codes_of(const ScanRequest& scan);

}  // namespace gatehouse::gate
