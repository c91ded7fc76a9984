#include "sync/feed/shopper_document.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "sync/feed/json_member.hpp"
#include "sync/feed/readable_json.hpp"

namespace gatehouse::sync {
namespace {

using nlohmann::json;

constexpr std::size_t shopper_keys_max = 256;
constexpr std::size_t loyalty_max_bytes = 16 * 1024;

/// The parser keeps its own stack, and writing does not: what nests deeper is never written.
bool is_deeper_than(const json& value, std::size_t depth_max) {
  std::vector<std::pair<const json*, std::size_t>> open{{&value, 0}};
  while (!open.empty()) {
    const auto [each, depth] = open.back();
    open.pop_back();
    if (!each->is_structured()) continue;
    if (depth >= depth_max) return true;
    for (const json& inner : *each) open.emplace_back(&inner, depth + 1);
  }
  return false;
}

// Absent counts as the first choice. False: present, and neither of the two.
template <class T>
bool read_choice(const json& document, const char* name, std::pair<std::string_view, T> first,
                 std::pair<std::string_view, T> second, T& chosen) {
  chosen = first.second;
  if (member(document, name) == nullptr) return true;
  const auto* text = text_of(document, name);
  if (text == nullptr) return false;
  if (*text == second.first) chosen = second.second;
  return *text == first.first || *text == second.first;
}

std::string read_keys(const json& document, std::vector<std::string>& keys) {
  const json* array = member(document, "keys");
  if (array == nullptr) return {};
  if (!array->is_array() || array->size() > shopper_keys_max) {
    return fmt::format("keys is not an array of at most {} strings", shopper_keys_max);
  }
  for (const json& key : *array) {
    const auto* text = key.get_ptr<const std::string*>();
    if (!is_acceptable_id(text)) {
      return fmt::format("one of its keys is not a string of 1 to {} bytes", id_max_bytes);
    }
    keys.push_back(*text);
  }
  return {};
}

std::string read_loyalty(const json& document, std::string& loyalty) {
  const json* object = member(document, "loyalty");
  if (object == nullptr || object->is_null()) return {};
  if (!object->is_object()) return "loyalty is not an object that can be read";
  if (is_deeper_than(*object, json_depth_max)) {
    return fmt::format("loyalty nests deeper than {}", json_depth_max);
  }
  std::string text = object->dump();
  if (text.size() > loyalty_max_bytes) {
    return fmt::format("loyalty is longer than {} bytes", loyalty_max_bytes);
  }
  loyalty = std::move(text);
  return {};
}

/// Who it is and whether they may enter.
std::string read_person(const json& document, store::ShopperPut& put) {
  using store::Role;
  using store::Status;
  const auto* shopper_id = text_of(document, "shopperId");
  const bool has_id = is_acceptable_id(shopper_id);
  if (has_id) put.shopper_id = *shopper_id;
  if (!read_choice<Status>(document, "status", {"ACTIVE", Status::active},
                           {"BLOCKED", Status::blocked}, put.status)) {
    return "status is neither ACTIVE nor BLOCKED";
  }
  if (!read_choice<Role>(document, "role", {"SHOPPER", Role::shopper},
                         {"ASSOCIATE", Role::associate}, put.role)) {
    return "role is neither SHOPPER nor ASSOCIATE";
  }
  if (has_id) return {};
  return fmt::format("shopperId is not a string of 1 to {} bytes", id_max_bytes);
}

}  // namespace

bool is_acceptable_id(const std::string* text) {
  return text != nullptr && !text->empty() && text->size() <= id_max_bytes;
}

ShopperReading read_shopper(const json& document) {
  ShopperReading reading;
  reading.wrong_keys = read_keys(document, reading.put.keys);
  if (!reading.wrong_keys.empty()) return reading;
  reading.wrong = read_person(document, reading.put);
  if (!reading.wrong.empty()) reading.put.status = store::Status::blocked;
  reading.wrong_loyalty = read_loyalty(document, reading.put.loyalty);
  return reading;
}

}  // namespace gatehouse::sync
