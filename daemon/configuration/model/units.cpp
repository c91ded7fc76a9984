#include "daemon/configuration/model/units.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>

#include "store/values/whole_number.hpp"

namespace gatehouse::configuration {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};
constexpr Unit duration_units[] = {
    {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
constexpr Unit size_units[] = {{"B", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}};

std::optional<std::int64_t> parse(std::string_view text, std::span<const Unit> units) {
  const std::size_t digits = std::min(text.find_first_not_of("-0123456789"), text.size());
  const auto number = whole_number(text.substr(0, digits));
  if (!number || *number < 0) return std::nullopt;
  for (const Unit& unit : units) {
    std::int64_t product = 0;
    if (text.substr(digits) != unit.name) continue;
    if (__builtin_mul_overflow(*number, unit.factor, &product)) return std::nullopt;
    return product;
  }
  return std::nullopt;
}

std::string format(std::int64_t number, std::span<const Unit> units) {
  const Unit* best = &units.front();
  for (const Unit& unit : units) {
    if (number != 0 && number % unit.factor == 0) best = &unit;
  }
  return std::to_string(number / best->factor) + std::string(best->name);
}

}  // namespace

std::expected<milliseconds, std::string> parse_duration(std::string_view text) {
  if (const auto number = parse(text, duration_units)) return milliseconds(*number);
  return std::unexpected(R"(a duration such as "300ms", "10s", "5m", "24h" or "7d")");
}

std::string format_duration(milliseconds duration) {
  // One day is "24h", as everybody says.
  const bool days = duration >= std::chrono::days(2);
  return format(duration.count(), std::span(duration_units).first(days ? 5 : 4));
}

std::expected<ByteCount, std::string> parse_size(std::string_view text) {
  if (const auto number = parse(text, size_units)) {
    return ByteCount{static_cast<std::size_t>(*number)};
  }
  return std::unexpected(R"(a size such as "512B", "64KiB", "1MiB" or "2GiB")");
}

std::string format_size(ByteCount size) {
  return format(static_cast<std::int64_t>(size.value), size_units);
}

}  // namespace gatehouse::configuration
