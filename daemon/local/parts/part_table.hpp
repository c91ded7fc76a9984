#pragma once

#include <string_view>

#include "daemon/local/parts/part.hpp"

namespace gatehouse::local {

/// What a warning means for the part that it belongs to.
struct Bearing {
  Part part = Part::installation;
  /// A critical one says that the part's function is not there. Otherwise the part goes on, with
  /// some of it set aside, held or soon over.
  bool ends_function = false;
};

/// Of each code of a warning. Every code is in the table once, which a test holds; one that is not
/// would be the installation's.
[[nodiscard]] Bearing bearing_of(std::string_view code);

}  // namespace gatehouse::local
