#include "daemon/gate/answers.hpp"

#include "daemon/gate/fields.hpp"
#include "daemon/gate/json_text.hpp"

namespace gatehouse::gate {
namespace {

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

bool is_scan_answer(DocumentParser& parser, std::string_view body) {
  const auto object = parser.parse(body);
  if (!object) return false;
  constexpr TextRule any_text{"a string"};
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
