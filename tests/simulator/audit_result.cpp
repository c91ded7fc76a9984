#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "tests/simulator/audit.hpp"

namespace gatehouse::simulator {

nlohmann::ordered_json AuditResult::to_json() const {
  nlohmann::ordered_json json{{"clean", clean()},
                              {"acknowledged", acknowledged},
                              {"delivered", delivered},
                              {"to_capture", to_capture},
                              {"captured", captured},
                              {"declined", declined},
                              {"held", held},
                              {"to_cancel", to_cancel},
                              {"cancelled", cancelled},
                              {"to_check_out", to_check_out},
                              {"checked_out", checked_out},
                              {"repeated_deliveries", repeated_deliveries}};
  auto& all = json["differences"] = nlohmann::ordered_json::array();
  for (const auto& difference : differences) {
    all.push_back({{"trip_id", difference.trip_id}, {"what", difference.what}});
  }
  return json;
}

std::string AuditResult::table() const {
  const auto line = [](std::string_view name, std::uint64_t count) {
    return fmt::format("{:<34} {:>8}\n", name, count);
  };
  std::string table =
      line("carts acknowledged", acknowledged) + line("  delivered once in effect", delivered) +
      line("  repeated harmlessly", repeated_deliveries) +
      line("card trips to be captured", to_capture) +
      line("  captured once, right amount", captured) + line("card trips declined", declined) +
      (held > 0 ? line("card trips held for an operator", held) : "") +
      (to_check_out > 0 ? line("card trips to be checked out", to_check_out) +
                              line("  checked out once, right total", checked_out)
                        : "") +
      line("empty card trips to be cancelled", to_cancel) + line("  cancelled", cancelled) +
      line("duplicates", doubled) + line("lost", lost) + line("differences", differences.size());
  constexpr std::size_t shown_max = 20;
  for (std::size_t i = 0; i < std::min(differences.size(), shown_max); ++i) {
    table += fmt::format("  {} {}\n", differences[i].trip_id, differences[i].what);
  }
  if (differences.size() > shown_max) table += "  …\n";
  return table;
}

}  // namespace gatehouse::simulator
