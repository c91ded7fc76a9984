#include "daemon/gate/call/answers.hpp"

#include "daemon/gate/request/document.hpp"
#include "daemon/gate/request/fields.hpp"
#include "store/values/json_text.hpp"

namespace gatehouse::gate {
namespace {

constexpr TextRule any_text{"a string"};
constexpr TextRule provider_text{"a string of 1 to 255 characters", 255,
                                 [](std::string_view text) { return !text.empty(); }};

std::string single_field(std::string_view opening, std::string_view text) {
  std::string json(opening);
  append_json_string(json, text);
  return json.append(1, '}');
}

}  // namespace

std::string scan_answer(std::string_view id, store::Role role, ScanAction action) {
  std::string json;
  json.reserve(64 + id.size());
  json.append(R"({"id":)");
  append_json_string(json, cut_to_characters(id, answer_id_characters_max));
  json.append(role == store::Role::associate ? R"(,"type":"ASSOCIATE")" : R"(,"type":"SHOPPER")");
  json.append(action == ScanAction::accept ? R"(,"action":"ACCEPT"})" : R"(,"action":"REJECT"})");
  return json;
}

std::string identity_answer(std::string_view id, store::Role role) {
  std::string json(R"({"visitorDetails":{"id":)");
  append_json_string(json, cut_to_characters(id, answer_id_characters_max));
  return json.append(role == store::Role::associate ? R"(,"type":"ASSOCIATE"}})"
                                                    : R"(,"type":"SHOPPER"}})");
}

bool is_identity_answer(DocumentParser& parser, std::string_view body) {
  const auto object = parser.parse(body);
  if (!object) return false;
  FirstError error;
  const Fields answer{*object, error};
  if (const auto visitor = answer.object("visitorDetails", Presence::required)) {
    for (const auto name : {"id", "type"}) (void)visitor->required_text(name, any_text);
  }
  return !error;
}

std::optional<std::string> details_answer(DocumentParser& parser, std::string_view loyalty) {
  const auto object = parser.parse(loyalty);
  if (!object) return std::nullopt;
  FirstError error;
  const auto provider = Fields{*object, error}.required_text("provider", provider_text);
  if (error) return std::nullopt;
  std::string json(R"({"provider":)");
  append_json_string(json, provider);
  json.append(R"(,"promotionIds":[)");
  std::string_view comma;
  simdjson::dom::array ids;
  if (object->at_key("promotionIds").get(ids) == simdjson::SUCCESS) {
    for (const auto id : ids) {
      std::string_view text;
      if (id.get(text) != simdjson::SUCCESS) continue;
      append_json_string(json.append(comma), text);
      comma = ",";
    }
  }
  return json.append("]}");
}

bool is_details_answer(DocumentParser& parser, std::string_view body) {
  const auto object = parser.parse(body);
  if (!object) return false;
  FirstError error;
  const Fields answer{*object, error};
  (void)answer.required_text("provider", any_text);
  answer.each_text("promotionIds", Presence::required, any_text, [](std::string_view) {});
  return !error;
}

bool is_scan_answer(DocumentParser& parser, std::string_view body) {
  const auto object = parser.parse(body);
  if (!object) return false;
  FirstError error;
  const Fields answer{*object, error};
  for (const auto name : {"id", "type", "action"}) (void)answer.required_text(name, any_text);
  return !error;
}

std::string purchase_answer(std::string_view purchase_id) {
  return single_field(R"({"purchaseId":)", purchase_id);
}

std::string error_answer(std::string_view message) {
  return single_field(R"({"errorMsg":)", message);
}

}  // namespace gatehouse::gate
