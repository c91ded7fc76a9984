#include "store/values/age.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gatehouse {

std::string age_text(milliseconds age) {
  const auto seconds =
      std::max<std::int64_t>(std::chrono::floor<std::chrono::seconds>(age).count(), 0);
  const auto minutes = seconds / 60;
  const auto hours = minutes / 60;
  if (minutes == 0) return fmt::format("{} s", seconds);
  if (hours == 0) return fmt::format("{} min", minutes);
  if (hours < 48) return fmt::format("{} h {} min", hours, minutes % 60);
  return fmt::format("{} d {} h", hours / 24, hours % 24);
}

}  // namespace gatehouse
