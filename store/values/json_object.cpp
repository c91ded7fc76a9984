#include "store/values/json_object.hpp"

#include <cassert>

#include "store/values/json_text.hpp"

namespace gatehouse {

std::string& JsonObject::begin(std::string_view name) {
  if (json_.size() > 1) json_.push_back(',');
  json_.push_back('"');
  return json_.append(name).append("\":");
}

JsonObject& JsonObject::text(std::string_view name, std::string_view value) {
  append_json_string(begin(name), value);
  return *this;
}

JsonObject& JsonObject::number(std::string_view name, std::int64_t value) {
  begin(name).append(std::to_string(value));
  return *this;
}

JsonObject& JsonObject::boolean(std::string_view name, bool value) {
  begin(name).append(value ? "true" : "false");
  return *this;
}

JsonObject& JsonObject::json(std::string_view name, std::string_view value) {
  begin(name).append(value);
  return *this;
}

JsonObject& JsonObject::members(std::string_view object) {
  assert(object.starts_with('{') && object.ends_with('}'));
  const std::string_view inside = object.substr(1, object.size() - 2);
  if (json_.size() > 1 && !inside.empty()) json_.append(1, ',');
  json_.append(inside);
  return *this;
}

std::string json_array(std::span<const std::string> values) {
  std::string json(1, '[');
  for (const std::string& value : values) {
    if (json.size() > 1) json.append(1, ',');
    json.append(value);
  }
  return json.append(1, ']');
}

std::string amount_text(const Money& money) {
  return JsonObject().text("amount", format_amount(money)).text("code", money.currency).done();
}

std::string amount_number(const Money& money) {
  return JsonObject().json("amount", format_amount(money)).text("code", money.currency).done();
}

}  // namespace gatehouse
