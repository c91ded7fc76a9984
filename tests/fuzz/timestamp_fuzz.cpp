#include "store/values/rfc3339.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace gatehouse {
namespace {

/// The time as RFC 3339, in UTC, to the millisecond; nullopt where an offset took it out of the
/// years that RFC 3339 can write.
std::optional<std::string> written(WallTime time) {
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(time)};
  const int year = int{date.year()};
  if (year < 0 || year > 9999) return std::nullopt;
  return rfc3339(time);
}

}  // namespace
}  // namespace gatehouse

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gatehouse;
  using namespace gatehouse::gate;
  const std::string_view input = as_text(data, size);
  const auto time = parse_rfc3339(input);
  if (!time) return 0;
  require(input.size() >= std::string_view("2024-03-22T17:00Z").size());
  const auto text = written(*time);
  if (!text) return 0;
  require(parse_rfc3339(*text) == *time);
  // In UTC and without a leap second, every field is the input's own.
  const bool plain = input.size() >= 20 && (input.ends_with('Z') || input.ends_with('z')) &&
                     input[16] == ':' && input.substr(17, 2) != "60";
  if (plain) require(text->substr(11, 8) == input.substr(11, 8));
  if (plain) require(text->substr(0, 10) == input.substr(0, 10));
  return 0;
}
