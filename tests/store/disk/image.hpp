#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "store/sqlite/database.hpp"
#include "store/values/result.hpp"

namespace gatehouse::store {

/// All rows of all tables of a database as text, a line each, in order: two of them are equal where
/// two files say the same.
using Image = std::vector<std::string>;

/// Without the tables in `passed_over`.
[[nodiscard]] Result<Image> image_of(sqlite::Database& database,
                                     const std::vector<std::string>& passed_over);

/// What SQLite itself says of the file: "ok", or what is wrong with it.
[[nodiscard]] Result<std::string> integrity_of(sqlite::Database& database);

/// The first lines that are in one and not in the other; '' : none.
[[nodiscard]] std::string missing_in(const Image& has, const Image& wanted);

}  // namespace gatehouse::store
