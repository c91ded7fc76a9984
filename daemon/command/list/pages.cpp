#include "daemon/command/list/pages.hpp"

#include <algorithm>

#include "store/values/text/ascii.hpp"
#include "store/values/whole_number.hpp"

namespace gatehouse::command {
namespace {

using sync::JsonKind;
using sync::JsonValue;

bool is_count(JsonValue value) {
  return whole(value).value_or(-1) >= 0;
}

bool is_count_or_missing(JsonValue value) {
  return value.is(JsonKind::missing) || is_count(value);
}

bool is_or_missing(JsonValue value, JsonKind kind) {
  return value.is(JsonKind::missing) || value.is(kind);
}

/// A destination or a decision's word: it becomes a name in our own JSON, and a terminal shows it.
bool is_plain(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, is_of_name);
}

bool are_named_objects(JsonValue object) {
  return std::ranges::all_of(object.children(), [](JsonValue each) {
    return is_plain(each.name()) && each.is(JsonKind::object);
  });
}

bool is_list_of_objects(JsonValue list) {
  return list.is(JsonKind::array) && std::ranges::all_of(list.children(), [](JsonValue each) {
           return each.is(JsonKind::object);
         });
}

bool is_sum(JsonValue sum) {
  return is_count(sum["trips"]) && is_count(sum["unpriced"]) && is_list_of_objects(sum["amounts"]);
}

}  // namespace

std::optional<std::int64_t> whole(JsonValue value) {
  if (!value.is(JsonKind::number)) return std::nullopt;
  return whole_number(*value.scalar());
}

bool is_bulk_page(JsonValue page, std::string_view subject) {
  const JsonValue amounts = page["amounts"];
  const JsonValue sending = page["sending"];
  return is_count(page[subject]) && is_count_or_missing(page["unpriced"]) &&
         (amounts.is(JsonKind::missing) || is_list_of_objects(amounts)) &&
         is_or_missing(sending, JsonKind::object) && are_named_objects(sending) &&
         is_list_of_objects(page["leftOut"]) &&
         (page["next"].is(JsonKind::null) || whole(page["next"]));
}

bool is_verified_page(JsonValue page) {
  return is_count(page["rows"]) && is_count(page["bytes"]) && is_list_of_objects(page["found"]) &&
         (page["next"].is(JsonKind::null) || whole(page["next"]));
}

bool is_decided_page(JsonValue page) {
  const JsonValue decisions = page["decisions"];
  return decisions.is(JsonKind::object) && are_named_objects(decisions) &&
         std::ranges::all_of(decisions.children(), is_sum) && is_count(page["unchanged"]) &&
         is_list_of_objects(page["leftOut"]) &&
         std::ranges::all_of(page["leftOut"].children(),
                             [](JsonValue left) { return is_count(left["place"]); });
}

}  // namespace gatehouse::command
