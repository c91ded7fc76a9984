#pragma once

#include <expected>
#include <functional>
#include <string>
#include <string_view>

#include "daemon/selftest/case.hpp"

namespace gatehouse::selftest {

struct Reply {
  unsigned status = 0;
  std::string body;
};
/// Sends a body to a path below gate.path_prefix and waits for the answer. An error is why none
/// came.
using Ask = std::function<std::expected<Reply, std::string>(std::string_view path,
                                                            const std::string& body)>;

/// Runs the steps of a case in order. '' where all of them came back as they must, else the first
/// that did not: what came and what was expected. Throws what `ask` throws.
[[nodiscard]] std::string run(const Case& tested, const Ask& ask);

}  // namespace gatehouse::selftest
