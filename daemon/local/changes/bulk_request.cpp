#include "daemon/local/changes/bulk_request.hpp"

#include <nlohmann/json.hpp>

#include "store/values/rfc3339.hpp"

namespace gatehouse::local {
namespace {

using Json = nlohmann::json;

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : "";
}

std::optional<store::DeliveryKind> kind_from(std::string_view text) {
  using Kind = store::DeliveryKind;
  for (const Kind kind : {Kind::cart, Kind::payment_record, Kind::refund, Kind::payment_status,
                          Kind::refund_record}) {
    if (store::to_text(kind) == text) return kind;
  }
  return std::nullopt;
}

// '' on success, else what was expected.
std::string read_record_member(const std::string& name, const Json& value, BulkRequest& into) {
  if (name == "state") {
    const auto state = store::delivery_state_from(text_of(value));
    if (!state || *state == store::DeliveryState::delivered) {
      return "state: expected set_aside or pending";
    }
    into.state = *state;
    return "";
  }
  if (name == "kind") {
    into.kind = kind_from(text_of(value));
    return into.kind ? ""
                     : "kind: expected cart, payment_record, refund, payment_status or "
                       "refund_record";
  }
  return "unknown member: expected state, kind, since, dryRun or after";
}

std::string read_trip_member(const std::string& name, const Json& value) {
  if (name != "state") return "unknown member: expected state, since, dryRun or after";
  return text_of(value) == "held" ? "" : "state: expected held";
}

std::string read_member(BulkSubject subject, const std::string& name, const Json& value,
                        BulkRequest& into) {
  if (name == "since") {
    into.since = parse_rfc3339(text_of(value));
    return into.since ? "" : "since: expected a time such as 2025-05-02T00:05:18Z";
  }
  if (name == "dryRun") {
    if (!value.is_boolean()) return "dryRun: expected true or false";
    into.dry_run = value.get<bool>();
    return "";
  }
  if (name == "after") {
    if (!value.is_number_unsigned()) return "after: expected what `next` was";
    into.after = value.get<std::int64_t>();
    return into.after >= 0 ? "" : "after: expected what `next` was";
  }
  return subject == BulkSubject::records ? read_record_member(name, value, into)
                                         : read_trip_member(name, value);
}

}  // namespace

Result<BulkRequest> parse_bulk_request(BulkSubject subject, std::string_view body) {
  BulkRequest request;
  const Json json = body.empty() ? Json::object() : Json::parse(body, nullptr, false);
  if (!json.is_object()) return failure(Remedy::reject, "the body is no JSON object");
  for (const auto& [name, value] : json.items()) {
    auto error = read_member(subject, name, value, request);
    if (!error.empty()) return failure(Remedy::reject, std::move(error));
  }
  return request;
}

}  // namespace gatehouse::local
