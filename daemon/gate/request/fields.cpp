#include "daemon/gate/request/fields.hpp"

#include "store/values/json_text.hpp"

namespace gatehouse::gate {
namespace {

constexpr std::string_view missing = "is missing";

bool is_longer(std::string_view utf8, std::size_t characters_max) {
  return characters_max != 0 && utf8.size() > characters_max &&
         count_characters(utf8) > characters_max;
}

}  // namespace

std::string_view Fields::required_text(std::string_view name, const TextRule& rule) const {
  if (!find(name, Presence::required, rule.expected)) return {};
  return optional_text(name, rule).value_or(std::string_view{});
}

std::optional<std::string_view> Fields::optional_text(std::string_view name,
                                                      const TextRule& rule) const {
  const auto element = find(name, Presence::optional, rule.expected);
  if (!element) return std::nullopt;
  return checked_text(*element, rule, [&] { return path_of(name); });
}

std::string_view Fields::problem_of(std::string_view text, const TextRule& rule) {
  if (is_longer(text, rule.characters_max)) return "is too long";
  if (rule.fits != nullptr && !rule.fits(text)) return "has another value";
  return {};
}

std::optional<bool> Fields::optional_flag(std::string_view name) const {
  const auto element = find(name, Presence::optional, "true or false");
  if (!element) return std::nullopt;
  bool flag = false;
  if (element->get(flag) == simdjson::SUCCESS) return flag;
  reject(name, "is not true or false", "true or false");
  return std::nullopt;
}

std::optional<Fields> Fields::object(std::string_view name, Presence presence) const {
  const auto element = find(name, presence, "an object");
  if (!element) return std::nullopt;
  Fields fields{simdjson::dom::object{}, *error_};
  fields.parent_ = this;
  fields.name_ = name;
  if (element->get(fields.object_) == simdjson::SUCCESS) return fields;
  reject(name, "is not an object", "an object");
  return std::nullopt;
}

void Fields::reject(std::string_view name, std::string_view came, std::string_view expected) const {
  if (!*error_) *error_ = FieldError{path_of(name), came, expected};
}

void Fields::reject_value(std::string_view name, std::string_view value,
                          std::string_view expected) const {
  if (!*error_) {
    *error_ =
        FieldError{path_of(name), "has another value", expected, std::string(plain_name(value))};
  }
}

std::optional<simdjson::dom::element> Fields::find(std::string_view name, Presence presence,
                                                   std::string_view expected) const {
  if (*error_) return std::nullopt;
  simdjson::dom::element element;
  if (object_.at_key(name).get(element) == simdjson::SUCCESS && !element.is_null()) return element;
  if (presence == Presence::required) reject(name, missing, expected);
  return std::nullopt;
}

std::optional<simdjson::dom::array> Fields::array(std::string_view name, Presence presence) const {
  const auto element = find(name, presence, "an array");
  if (!element) return std::nullopt;
  simdjson::dom::array elements;
  if (element->get(elements) == simdjson::SUCCESS) return elements;
  reject(name, "is not an array", "an array");
  return std::nullopt;
}

std::optional<Fields> Fields::element_fields(std::string_view name, std::size_t index,
                                             simdjson::dom::element element) const {
  if (*error_) return std::nullopt;
  Fields fields{simdjson::dom::object{}, *error_};
  fields.parent_ = this;
  fields.name_ = name;
  fields.index_ = index;
  if (element.get(fields.object_) == simdjson::SUCCESS) return fields;
  *error_ = FieldError{path_of(name, index), "is not an object", "an object"};
  return std::nullopt;
}

std::string Fields::path_of(std::string_view name, std::size_t index) const {
  return path_of(name).append(1, '[').append(std::to_string(index)).append(1, ']');
}

std::string Fields::path_of(std::string_view name) const {
  std::string path;
  if (parent_ != nullptr) {
    path = parent_->path_of(name_);
    if (index_) path.append(1, '[').append(std::to_string(*index_)).append(1, ']');
    path.append(1, '.');
  }
  return path.append(name);
}

}  // namespace gatehouse::gate
