#include "daemon/local/warnings/space_warnings.hpp"

#include <fmt/format.h>

#include "store/values/age.hpp"

namespace gatehouse::local {
namespace {

constexpr std::string_view advice =
    "Free some space there, or move the state to a larger disk; `gatehouse status` tells when it "
    "is over";

std::int64_t mebibytes(std::int64_t bytes) {
  return bytes / (std::int64_t{1024} * 1024);
}

/// '' : growth is not known, or there is none.
std::string at_this_rate(const SpaceFacts& space) {
  const auto left = full_in(space.measured->free_bytes, space.growth_bytes_a_day);
  if (!left) return "";
  return fmt::format(", and full in {} at the rate of the last hours ({} MiB a day)",
                     age_text(*left), mebibytes(*space.growth_bytes_a_day));
}

/// nullopt: there is enough.
std::optional<Warning> of_low(const SpaceFacts& space) {
  const std::int64_t free = space.measured->free_bytes;
  if (!space.reserve_given_up && free >= space_warning_bytes) return std::nullopt;
  std::string text = fmt::format("the disk of store.state_dir has {} MiB free{}", mebibytes(free),
                                 at_this_rate(space));
  if (space.reserve_given_up) text += "; the reserve was given up for carts";
  const bool critical = space.reserve_given_up || free < space_alarm_bytes;
  return Warning{"disk_low", critical ? Severity::critical : Severity::warning,
                 fmt::format("{}. {}", text, advice)};
}

/// Never critical: one large package is no trend, and a disk that is nearly full has its own alarm.
std::optional<Warning> of_growth(const SpaceFacts& space) {
  const auto left = full_in(space.measured->free_bytes, space.growth_bytes_a_day);
  if (!left || *left > full_soon) return std::nullopt;
  return Warning{"disk_filling", Severity::warning,
                 fmt::format("the disk of store.state_dir has {} MiB free{}. Find out what grows: "
                             "`du -xh --max-depth=2`; then: {}",
                             mebibytes(space.measured->free_bytes), at_this_rate(space), advice)};
}

}  // namespace

void assess_space(const Facts& facts, std::vector<Warning>& out) {
  const SpaceFacts& space = facts.process.space;
  if (space.measured) {
    auto low = of_low(space);
    if (!low) low = of_growth(space);
    if (low) out.push_back(*std::move(low));
  }
  if (space.reserve_trouble.empty() || space.reserve_given_up) return;
  out.push_back(
      {"disk_reserve_missing", Severity::warning,
       fmt::format("{} of {} MiB (store.reserve) are kept free for a full disk: {}. It is tried "
                   "again by itself; free some space, or set store.reserve = \"0B\"",
                   mebibytes(space.reserve_bytes), mebibytes(space.reserve_wanted_bytes),
                   space.reserve_trouble)});
}

}  // namespace gatehouse::local
