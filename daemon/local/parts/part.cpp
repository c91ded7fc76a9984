#include "daemon/local/parts/part.hpp"

namespace gatehouse::local {
namespace {

constexpr std::array<std::string_view, part_count> part_names{
    "gate",  "cache",  "ledger",      "disk",      "clock",       "feed",
    "cloud", "amazon", "credentials", "local_api", "installation"};
constexpr std::array<std::string_view, 3> condition_names{"well", "degraded", "failed"};

}  // namespace

std::string_view to_text(Part part) {
  return part_names.at(static_cast<std::size_t>(part));
}

std::string_view to_text(Condition condition) {
  return condition_names.at(static_cast<std::size_t>(condition));
}

}  // namespace gatehouse::local
