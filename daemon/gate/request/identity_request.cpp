#include "daemon/gate/request/identity_request.hpp"

#include <algorithm>

#include "daemon/gate/request/base64.hpp"
#include "daemon/gate/request/document.hpp"
#include "daemon/gate/request/fields.hpp"
#include "store/values/result.hpp"
#include "store/values/rfc3339.hpp"
#include "store/values/uuid.hpp"

namespace gatehouse::gate {
namespace {

// One rule a form, with the case of connectors.md 3.4 that it answers.
constexpr TextRule request_id{"a UUID", 0, is_uuid};                                    // 3.1, 3.2
constexpr TextRule identity_key{"Base64 of at most 1000 characters", base64_text_max};  // 3.3, 3.4
constexpr TextRule event_id{"a UUID, at most 255 characters", 255, begins_with_uuid};   // 3.10-11
constexpr TextRule date_time{
    "an ISO-8601 date-time such as 2024-03-22T17:00:00Z", 0,
    [](std::string_view text) { return parse_rfc3339(text).has_value(); }};  // 3.12, 3.13
constexpr TextRule location{"ENTRY, EXIT or MANUAL_IN_STORE", 0, [](std::string_view text) {
                              return text == "ENTRY" || text == "EXIT" || text == "MANUAL_IN_STORE";
                            }};  // 3.14, 3.15
constexpr TextRule key_channel{"a channel that gate.key_channels lists", 255};

std::string read_code(const Fields& root) {
  const auto text = root.required_text("identityKey", identity_key);
  auto code = decode_base64(text);
  if (code && !code->empty()) return std::move(*code);
  root.reject("identityKey", "is not Base64, or of nothing", identity_key.expected);  // 3.5
  return {};
}

void read_channel(const Fields& root, std::span<const std::string> known) {
  const auto channel = root.optional_text("keyChannel", key_channel);
  if (!channel || known.empty() || std::ranges::find(known, *channel) != known.end()) return;
  root.reject_value("keyChannel", *channel, key_channel.expected);  // 3.16
}

}  // namespace

std::expected<IdentityRequest, FieldError> parse_identity(
    DocumentParser& parser, std::string_view body, std::span<const std::string> key_channels) {
  const auto object = parser.parse(body);  // 3.17
  if (!object) return propagate(object);

  FirstError error;
  const Fields root{*object, error};
  IdentityRequest identity;
  (void)root.required_text("requestId", request_id);
  identity.code = read_code(root);
  identity.store_id = root.required_text("storeId", text_to_255);         // 3.6, 3.7
  if (const auto event = root.object("authEvent", Presence::required)) {  // 3.9
    (void)event->required_text("id", event_id);
    identity.event_at =
        parse_rfc3339(event->required_text("timestamp", date_time)).value_or(WallTime{});
    (void)event->required_text("location", location);
  }
  read_channel(root, key_channels);
  if (error) return std::unexpected(*error);
  return identity;
}

}  // namespace gatehouse::gate
