#include <iostream>

#include "daemon/command/run.hpp"

int main(int argc, char** argv) {
  return gatehouse::command::run(argc, argv, gatehouse::configuration::process_environment(),
                                 std::cout, std::cerr);
}
