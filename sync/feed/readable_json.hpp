#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string_view>

namespace gatehouse::sync {

/// Nothing that this box reads nests deeper. What does is not built up in memory, and not written.
inline constexpr std::size_t json_depth_max = 64;

/// Reads one JSON value. Where it cannot be read as a whole (a byte that is not UTF-8, half a
/// surrogate, a number out of range, nesting beyond json_depth_max) and is an object, its members
/// are read one by one: what cannot be read, or comes twice, is in its place as `is_discarded()`,
/// which is of no type. The members of its member `inner`, an object, are read the same way.
/// Anything else that cannot be read is itself discarded. Never throws.
[[nodiscard]] nlohmann::json read_what_is_readable(std::string_view text, std::size_t depth,
                                                   std::string_view inner = {});

/// Of a large object nothing is built up but what is asked for by name: its members of these names,
/// and those of its member `inner`, read one by one as above. A member of more than
/// member_max_bytes is discarded. The time for all else is that of a look at each byte.
inline constexpr std::size_t member_max_bytes = 512 * 1024;
[[nodiscard]] nlohmann::json read_named_members(std::string_view text,
                                                std::span<const std::string_view> names,
                                                std::string_view inner);

}  // namespace gatehouse::sync
