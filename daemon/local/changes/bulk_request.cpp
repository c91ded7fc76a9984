#include "daemon/local/changes/bulk_request.hpp"

#include "daemon/local/request/request_body.hpp"
#include "store/values/rfc3339.hpp"
#include "store/values/whole_number.hpp"

namespace gatehouse::local {
namespace {

using sync::JsonValue;

std::string_view text_of(const JsonValue& value) {
  return value.text().value_or("");
}

std::optional<store::DeliveryKind> kind_from(std::string_view text) {
  using Kind = store::DeliveryKind;
  for (const Kind kind : {Kind::cart, Kind::payment_record, Kind::refund, Kind::payment_status,
                          Kind::refund_record, Kind::refused_cart, Kind::open_question}) {
    if (store::to_text(kind) == text) return kind;
  }
  return std::nullopt;
}

// '' on success, else what was expected.
std::string read_record_member(std::string_view name, const JsonValue& value, BulkRequest& into) {
  if (name == "state") {
    const auto state = store::delivery_state_from(text_of(value));
    if (state != store::DeliveryState::set_aside && state != store::DeliveryState::pending) {
      return "state: expected set_aside or pending";
    }
    into.state = *state;
    return "";
  }
  if (name == "kind") {
    into.kind = kind_from(text_of(value));
    return into.kind ? ""
                     : "kind: expected cart, payment_record, refund, payment_status, "
                       "refund_record, refused_cart or open_question";
  }
  return "unknown member: expected state, kind, since, dryRun or after";
}

std::string read_trip_member(std::string_view name, const JsonValue& value) {
  if (name != "state") return "unknown member: expected state, since, dryRun or after";
  return text_of(value) == "held" ? "" : "state: expected held";
}

std::string read_member(BulkSubject subject, std::string_view name, const JsonValue& value,
                        BulkRequest& into) {
  if (name == "since") {
    into.since = parse_rfc3339(text_of(value));
    return into.since ? "" : "since: expected a time such as 2025-05-02T00:05:18Z";
  }
  if (name == "dryRun") {
    const auto dry_run = value.boolean();
    if (!dry_run) return "dryRun: expected true or false";
    into.dry_run = *dry_run;
    return "";
  }
  if (name == "after") {
    const auto after = whole_number(value.is(sync::JsonKind::number) ? *value.scalar() : "");
    if (!after || *after < 0) return "after: expected the value of `next`";
    into.after = *after;
    return "";
  }
  return subject == BulkSubject::records ? read_record_member(name, value, into)
                                         : read_trip_member(name, value);
}

}  // namespace

Result<BulkRequest> parse_bulk_request(BulkSubject subject, std::string_view body) {
  BulkRequest request;
  const auto document = read_body(body);
  if (!document) return propagate(document);
  for (const JsonValue member : document->root().children()) {
    auto error = read_member(subject, member.name(), member, request);
    if (!error.empty()) return failure(Remedy::reject, std::move(error));
  }
  return request;
}

}  // namespace gatehouse::local
