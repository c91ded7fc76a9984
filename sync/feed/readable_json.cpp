#include "sync/feed/readable_json.hpp"

#include <string>

#include "sync/feed/json_split.hpp"

namespace gatehouse::sync {
namespace {

using nlohmann::json;

json parsed(std::string_view text) {
  return json::parse(text, nullptr, /*allow_exceptions=*/false);
}

json read_members(std::string_view text, std::string_view inner) {
  json object = json::object();
  JsonSplit split(text);
  const bool whole = split.object([&](std::string_view quoted_name) {
    JsonSlice slice;
    if (!split.value(slice)) return false;
    const json name = parsed(quoted_name);
    const auto* known = name.get_ptr<const std::string*>();
    if (known == nullptr) return true;  // nobody could ask for it
    const bool is_inner = !inner.empty() && *known == inner;
    json value(json::value_t::discarded);
    if (is_inner || slice.depth <= json_depth_max) {
      value = is_inner ? read_what_is_readable(slice.text, slice.depth) : parsed(slice.text);
    }
    const auto [place, is_new] = object.emplace(*known, std::move(value));
    if (!is_new) *place = json(json::value_t::discarded);
    return true;
  });
  return whole ? object : json(json::value_t::discarded);
}

}  // namespace

json read_what_is_readable(std::string_view text, std::size_t depth, std::string_view inner) {
  if (depth <= json_depth_max) {
    if (json whole = parsed(text); !whole.is_discarded()) return whole;
  }
  return read_members(text, inner);
}

}  // namespace gatehouse::sync
