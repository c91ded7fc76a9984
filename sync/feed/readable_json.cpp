#include "sync/feed/readable_json.hpp"

#include <algorithm>
#include <string>

#include "sync/feed/json_split.hpp"

namespace gatehouse::sync {
namespace {

using nlohmann::json;

json parsed(std::string_view text) {
  return json::parse(text, nullptr, /*allow_exceptions=*/false);
}

/// What a name in its quotes says; '' for one that is no text.
std::string plain(std::string_view quoted) {
  if (!quoted.contains('\\')) return std::string(quoted.substr(1, quoted.size() - 2));
  const json name = parsed(quoted);
  const auto* text = name.get_ptr<const std::string*>();
  return text == nullptr ? "" : *text;
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

json read_named_members(std::string_view text, std::span<const std::string_view> names,
                        std::string_view inner) {
  json object = json::object();
  JsonSplit split(text);
  const bool whole = split.object([&](std::string_view quoted_name) {
    JsonSlice slice;
    if (!split.value(slice)) return false;
    const std::string name = plain(quoted_name);
    const bool is_inner = !inner.empty() && name == inner;
    if (!is_inner && std::ranges::find(names, name) == names.end()) return true;
    json value(json::value_t::discarded);
    if (is_inner && slice.text.starts_with('{')) {
      value = read_named_members(slice.text, names, {});
    } else if (slice.text.size() <= member_max_bytes && slice.depth <= json_depth_max) {
      value = parsed(slice.text);
    }
    const auto [place, is_new] = object.emplace(name, std::move(value));
    if (!is_new) *place = json(json::value_t::discarded);
    return true;
  });
  return whole ? object : json(json::value_t::discarded);
}

json read_what_is_readable(std::string_view text, std::size_t depth, std::string_view inner) {
  if (depth <= json_depth_max) {
    if (json whole = parsed(text); !whole.is_discarded()) return whole;
  }
  return read_members(text, inner);
}

}  // namespace gatehouse::sync
