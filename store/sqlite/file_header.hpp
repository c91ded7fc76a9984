#pragma once

#include <string>

#include "store/sqlite/database.hpp"

namespace gatehouse::store::sqlite {

/// What in the header of this file is not as SQLite writes it for us, in words; '' : nothing, or it
/// cannot be read. One flipped bit there makes SQLite say anything: a defect,
/// a file of somebody else, one that can only be read. Of the format's description, section 1.3.
[[nodiscard]] std::string header_flaw(Database& database);

}  // namespace gatehouse::store::sqlite
