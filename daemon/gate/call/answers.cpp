#include "daemon/gate/call/answers.hpp"

#include "daemon/gate/request/document.hpp"
#include "daemon/gate/request/fields.hpp"
#include "store/values/json_object.hpp"
#include "store/values/json_text.hpp"

namespace gatehouse::gate {
namespace {

constexpr TextRule any_text{"a string"};
constexpr TextRule provider_text{"a string of 1 to 255 characters", 255,
                                 [](std::string_view text) { return !text.empty(); }};

std::string_view type_of(store::Role role) {
  return role == store::Role::associate ? "ASSOCIATE" : "SHOPPER";
}

}  // namespace

std::string scan_answer(std::string_view id, store::Role role, ScanAction action) {
  return JsonObject()
      .text("id", cut_to_characters(id, answer_id_characters_max))
      .text("type", type_of(role))
      .text("action", action == ScanAction::accept ? "ACCEPT" : "REJECT")
      .done();
}

std::string identity_answer(std::string_view id, store::Role role) {
  const std::string visitor = JsonObject()
                                  .text("id", cut_to_characters(id, answer_id_characters_max))
                                  .text("type", type_of(role))
                                  .done();
  return JsonObject().json("visitorDetails", visitor).done();
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
  std::vector<std::string> promotions;
  simdjson::dom::array ids;
  if (object->at_key("promotionIds").get(ids) == simdjson::SUCCESS) {
    for (const auto id : ids) {
      std::string_view text;
      if (id.get(text) == simdjson::SUCCESS) promotions.push_back(json_string(text));
    }
  }
  return JsonObject()
      .text("provider", provider)
      .json("promotionIds", json_array(promotions))
      .done();
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
  return JsonObject().text("purchaseId", purchase_id).done();
}

std::string error_answer(std::string_view message) {
  return JsonObject().text("errorMsg", message).done();
}

}  // namespace gatehouse::gate
