#pragma once

#include <string>
#include <string_view>

namespace gatehouse::end_to_end {

struct Reply {
  int status = 0;
  std::string body;
  bool asks_again = false;  ///< it has a Retry-After
};

/// One request to 127.0.0.1:port on a connection of its own; blocks, 60 s at most. Throws
/// std::runtime_error when no complete answer comes.
[[nodiscard]] Reply post(unsigned short port, std::string_view path, std::string_view body);
[[nodiscard]] Reply get(unsigned short port, std::string_view path);

/// A cart that Amazon could send (connectors.md 2.6, case 1.1), for the store STORE-001.
[[nodiscard]] std::string cart(std::string_view trip_id, std::string_view sku = "SKU-001",
                               std::string_view payload_type = "FINANCIAL");
/// A scan of `code`, which is encoded as the FAQ says.
[[nodiscard]] std::string scan(std::string_view code);

}  // namespace gatehouse::end_to_end
