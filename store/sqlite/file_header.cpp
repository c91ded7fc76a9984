#include "store/sqlite/file_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace gatehouse::store::sqlite {
namespace {

using std::string_view_literals::operator""sv;

struct Constant {
  std::size_t at;
  std::string_view bytes;
};

/// What is the same in each of our files. Page size, no bytes reserved, the fractions of a payload;
/// format of the schema; no vacuum by itself; UTF-8; no id of an application, and zeros.
constexpr auto constants = std::to_array<Constant>({
    {0, "SQLite format 3\0"sv},
    {16, "\x10\0"sv},
    {20, "\0\x40\x20\x20"sv},
    {44, "\0\0\0\x04"sv},
    {52, "\0\0\0\0\0\0\0\x01"sv},
    {64, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"sv},
});
/// Version of the format for writers and for readers: 1, with a write-ahead log 2.
constexpr auto versions_at = std::to_array<std::size_t>({18, 19});

}  // namespace

std::string header_flaw(Database& database) {
  const std::string header = database.header_in_file().value_or("");
  if (header.empty()) return "";
  for (const auto& [at, bytes] : constants) {
    const std::string_view there = std::string_view(header).substr(at, bytes.size());
    const auto [wrong, wanted] = std::ranges::mismatch(there, bytes);
    if (wrong == there.end()) continue;
    return fmt::format("byte {} of its header is not as it was written",
                       at + static_cast<std::size_t>(wrong - there.begin()));
  }
  for (const std::size_t at : versions_at) {
    if (header[at] == 1 || header[at] == 2) continue;
    return fmt::format("byte {} of its header is not as it was written", at);
  }
  return "";
}

}  // namespace gatehouse::store::sqlite
