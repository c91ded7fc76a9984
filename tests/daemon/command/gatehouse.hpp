#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "daemon/command/run.hpp"

namespace gatehouse::command {

struct Ran {
  int exit_status = -1;
  std::string out;
  std::string err;
};

/// Runs `gatehouse` with these arguments in this environment.
inline Ran gatehouse(const std::vector<std::string>& arguments,
                     const configuration::Environment& environment = {}) {
  std::vector<const char*> argv{"gatehouse"};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  std::ostringstream out;
  std::ostringstream err;
  const int status = run(static_cast<int>(argv.size()), argv.data(), environment, out, err);
  return {status, out.str(), err.str()};
}

}  // namespace gatehouse::command
