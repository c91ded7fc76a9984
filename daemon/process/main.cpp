#include "daemon/process/run.hpp"

int main(int argc, char** argv) {
  return gatehouse::process::run(argc, argv);
}
