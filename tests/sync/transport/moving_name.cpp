#include "tests/sync/transport/moving_name.hpp"

#include <dlfcn.h>
#include <netdb.h>

using gatehouse::sync::MovingName;

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** found) {
  using Lookup = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto system_lookup = reinterpret_cast<Lookup>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (node != nullptr && node == MovingName::name) node = MovingName::address;
  return system_lookup(node, service, hints, found);
}
