#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "store/sqlite/database.hpp"

// What a worn flash chip or a bad cable makes of a database file. No connection may be open, and no
// log be left: the pages are those of the file itself.
namespace gatehouse::store {

inline constexpr std::size_t page_size = 4096;

inline std::string contents(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void overwrite(const std::filesystem::path& file, std::size_t offset,
                      const std::string& bytes) {
  std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
  out.seekp(static_cast<std::streamoff>(offset));
  out << bytes;
}

inline std::size_t offset_of(const std::filesystem::path& file, const std::string& marker) {
  const auto offset = contents(file).find(marker);
  if (offset == std::string::npos) throw std::runtime_error("not in the file: " + marker);
  return offset;
}

/// The page in which `marker` is becomes zeros.
inline void zero_page_with(const std::filesystem::path& file, const std::string& marker) {
  const auto page = offset_of(file, marker) / page_size;
  overwrite(file, page * page_size, std::string(page_size, '\0'));
}

/// One bit of what stands at `marker`.
inline void flip_a_bit_at(const std::filesystem::path& file, const std::string& marker) {
  overwrite(file, offset_of(file, marker), std::string(1, static_cast<char>(marker[0] ^ 1)));
}

/// The leaves of a table or an index, in order.
inline std::vector<std::int64_t> leaves_of(const std::filesystem::path& file,
                                           const std::string& name) {
  auto database = sqlite::Database::open(file, sqlite::Access::read_only).value();
  sqlite::Statement leaves(database.handle(),
                           "SELECT pageno FROM dbstat WHERE name = ?1 AND pagetype = 'leaf'"
                           " ORDER BY path");
  const auto read = [](const sqlite::Rows& row) { return row.integer(0); };
  auto pages = leaves.all(read, std::string_view(name)).value();
  if (pages.empty()) throw std::runtime_error("no such leaves: " + name);
  return pages;
}

/// `to`, which is as long, wherever `from` stands in the leaves of a table or an index.
inline void replace_in_leaves_of(const std::filesystem::path& file, const std::string& name,
                                 const std::string& from, const std::string& to) {
  const std::string bytes = contents(file);
  for (const auto page : leaves_of(file, name)) {
    const auto begin = static_cast<std::size_t>(page - 1) * page_size;
    for (auto at = bytes.find(from, begin); at < begin + page_size; at = bytes.find(from, at + 1)) {
      overwrite(file, at, to);
    }
  }
}

/// Every leaf of a table or an index, or the one at `only` (0: the first, -1: the last), becomes
/// zeros. Gives how many did.
inline int zero_leaves_of(const std::filesystem::path& file, const std::string& name,
                          std::optional<int> only = std::nullopt) {
  std::vector<std::int64_t> pages = leaves_of(file, name);
  if (only) pages = {*only < 0 ? pages.back() : pages.at(static_cast<std::size_t>(*only))};
  for (const auto page : pages) {
    const auto at = static_cast<std::size_t>(page - 1) * page_size;
    overwrite(file, at, std::string(page_size, '\0'));
  }
  return static_cast<int>(pages.size());
}

/// The row `from` of a table stands under another id of two bytes (128 to 16,383), in its old
/// place.
inline void change_row_id(const std::filesystem::path& file, const std::string& table,
                          std::int64_t from, std::int64_t to) {
  const std::string bytes = contents(file);
  const auto byte = [&](std::size_t at) {
    return std::size_t{static_cast<unsigned char>(bytes[at])};
  };
  const auto written = [](std::int64_t id) {
    return std::string{static_cast<char>(0x80 | (id >> 7)), static_cast<char>(id & 0x7f)};
  };
  for (const auto page : leaves_of(file, table)) {
    const auto begin = static_cast<std::size_t>(page - 1) * page_size;
    for (std::size_t i = 0; i < byte(begin + 3) * 256 + byte(begin + 4); ++i) {
      std::size_t cell = begin + byte(begin + 8 + 2 * i) * 256 + byte(begin + 9 + 2 * i);
      while (byte(cell) >= 0x80) ++cell;  // how long the row is
      if (bytes.substr(cell + 1, 2) == written(from)) return overwrite(file, cell + 1, written(to));
    }
  }
  throw std::runtime_error("no such row in " + table);
}

/// Column `column` of a row is said to be longer than the row: it and all behind it cannot be read.
inline void break_column(const std::filesystem::path& file, const std::string& table,
                         std::int64_t row, const std::string& column) {
  std::int64_t place = 0;
  {
    auto database = sqlite::Database::open(file, sqlite::Access::read_only).value();
    sqlite::Statement find(database.handle(),
                           "SELECT cid FROM pragma_table_info(?1) WHERE name = ?2");
    const auto read = [](const sqlite::Rows& found) { return found.integer(0); };
    place = find.first(read, std::string_view(table), std::string_view(column)).value().value();
  }
  const std::string bytes = contents(file);
  const auto byte = [&](std::size_t at) {
    return std::size_t{static_cast<unsigned char>(bytes[at])};
  };
  const auto number_at = [&](std::size_t& at) {
    std::int64_t number = 0;
    for (bool more = true; more; ++at) {
      number = number << 7 | static_cast<std::int64_t>(byte(at) & 0x7f);
      more = byte(at) >= 0x80;
    }
    return number;
  };
  for (const auto page : leaves_of(file, table)) {
    const auto begin = static_cast<std::size_t>(page - 1) * page_size;
    for (std::size_t i = 0; i < byte(begin + 3) * 256 + byte(begin + 4); ++i) {
      std::size_t at = begin + byte(begin + 8 + 2 * i) * 256 + byte(begin + 9 + 2 * i);
      (void)number_at(at);  // how long the row is
      if (number_at(at) != row) continue;
      (void)number_at(at);  // how long the types of its columns are
      for (std::int64_t each = 0; each < place; ++each) (void)number_at(at);
      return overwrite(file, at, "\x7e");  // a blob of 57 bytes
    }
  }
  throw std::runtime_error("no such row in " + table);
}

/// How many rows are in the first leaf of a table.
inline int rows_in_first_leaf(const std::filesystem::path& file, const std::string& name) {
  auto database = sqlite::Database::open(file, sqlite::Access::read_only).value();
  sqlite::Statement first(database.handle(),
                          "SELECT ncell FROM dbstat WHERE name = ?1 AND pagetype = 'leaf'"
                          " ORDER BY path LIMIT 1");
  const auto read = [](const sqlite::Rows& row) { return row.integer(0); };
  return static_cast<int>(first.first(read, std::string_view(name)).value().value());
}

}  // namespace gatehouse::store
