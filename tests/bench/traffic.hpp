#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace gatehouse::bench {

/// The loyalty code of shopper number `i`, 29 characters as in the FAQ's example.
[[nodiscard]] std::string shopper_key(std::size_t i);
/// `count` scans of shoppers spread over `shoppers` known ones, as whole HTTP requests.
[[nodiscard]] std::vector<std::string> scan_requests(std::size_t count, std::size_t shoppers);
/// `count` carts of about 1 KB, each of another trip, as JSON.
[[nodiscard]] std::vector<std::string> carts(std::size_t count, std::string_view run);
/// The trip id inside cart number `i` of `run`.
[[nodiscard]] std::string trip_id(std::size_t i, std::string_view run);
[[nodiscard]] std::string post(std::string_view path, std::string_view body);

}  // namespace gatehouse::bench
