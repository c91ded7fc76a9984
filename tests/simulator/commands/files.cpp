#include "tests/simulator/commands/files.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

namespace gatehouse::simulator {

Result<std::string> read_secret(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  if (!std::getline(in, line)) return failure(Remedy::repair, "no line can be read from " + file);
  return line;
}

Result<nlohmann::ordered_json> read_json(const std::string& file) {
  std::ifstream in(file);
  if (!in) return failure(Remedy::repair, "cannot open " + file);
  auto json = nlohmann::ordered_json::parse(in, nullptr, false);
  if (json.is_discarded()) return failure(Remedy::repair, file + " is not JSON");
  return json;
}

Result<> write_json(const std::string& file, const nlohmann::ordered_json& json) {
  std::ofstream out(file);
  out << json.dump(1) << '\n';
  out.close();
  if (!out) return failure(Remedy::repair, "cannot write " + file);
  return {};
}

}  // namespace gatehouse::simulator
