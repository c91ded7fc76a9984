#include "daemon/gate/request/scan_request.hpp"

#include "daemon/gate/request/base64.hpp"
#include "daemon/gate/request/document.hpp"
#include "daemon/gate/request/fields.hpp"
#include "store/values/result.hpp"
#include "store/values/rfc3339.hpp"
#include "store/values/uuid.hpp"

namespace gatehouse::gate {
namespace {

constexpr TextRule any_text{"a string"};

std::optional<std::string> decoded(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  auto bytes = decode_base64(*text);
  if (bytes && bytes->empty()) return std::nullopt;
  return bytes;
}

bool is_text(const std::optional<std::string>& bytes) {
  return bytes && simdjson::validate_utf8(*bytes);
}

std::string_view code_as_it_came(const ScanRequest& scan) {
  const bool id_numbers_the_event = scan.id && scan.value && is_uuid(*scan.id);
  if (scan.id && !id_numbers_the_event) return *scan.id;
  return scan.value.value_or(std::string_view{});
}

}  // namespace

std::expected<ScanRequest, FieldError> parse_scan(DocumentParser& parser, std::string_view body) {
  const auto object = parser.parse(body);
  if (!object) return propagate(object);

  FirstError error;
  const Fields root{*object, error};
  ScanRequest scan;
  scan.has_request_id = is_uuid(root.required_text("requestId", any_text));
  scan.store_id = root.required_text("storeId", text_to_255);
  if (const auto event = root.object("scanEvent", Presence::required)) {
    scan.id = event->optional_text("id", any_text);
    scan.value = event->optional_text("value", any_text);
    if (const auto timestamp = event->optional_text("timestamp", any_text)) {
      scan.event_at = parse_rfc3339(*timestamp);
    }
    for (const auto name : {"location", "channel"}) (void)event->optional_text(name, any_text);
    if (!scan.id && !scan.value) {
      event->reject("id", "is missing, and so is value", "the scanned code in Base64");
    }
  }
  if (error) return std::unexpected(*error);
  return scan;
}

ScanCodes codes_of(const ScanRequest& scan) {
  ScanCodes codes;
  auto& [id, value, as_it_came, bare_id, bare_value] = codes.candidates;
  id = decoded(scan.id);
  bare_id = without_line_end(id);
  value = decoded(scan.value);
  bare_value = without_line_end(value);
  if (scan.value && !scan.value->empty()) as_it_came = *scan.value;
  if (is_text(id)) {
    codes.shown = *id;
  } else if (is_text(value)) {
    codes.shown = *value;
  } else {
    codes.shown = code_as_it_came(scan);
  }
  return codes;
}

}  // namespace gatehouse::gate
