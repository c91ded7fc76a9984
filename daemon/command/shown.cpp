#include "daemon/command/shown.hpp"

#include "daemon/command/render.hpp"

namespace gatehouse::command {

std::string text(const Json& from, const char* path) {
  const Pointer pointer(path);
  if (!from.contains(pointer)) return "";
  const Json& value = from.at(pointer);
  if (value.is_null()) return "";
  return value.is_string() ? for_terminal(value.get<std::string>()) : value.dump();
}

std::int64_t number(const Json& from, const char* path) {
  const Pointer pointer(path);
  if (!from.contains(pointer) || !from.at(pointer).is_number_integer()) return 0;
  return from.at(pointer).get<std::int64_t>();
}

bool flag(const Json& from, const char* path) {
  return text(from, path) == "true";
}

}  // namespace gatehouse::command
