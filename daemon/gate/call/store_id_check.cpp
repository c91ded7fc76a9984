#include "daemon/gate/call/store_id_check.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "daemon/log/log.hpp"
#include "store/values/printable.hpp"

namespace gatehouse::gate {

bool StoreIdCheck::is_ours(std::string_view store_id) const {
  return store_id == options_.store_id ||
         std::ranges::find(options_.also_known_as, store_id) != options_.also_known_as.end();
}

std::optional<FieldError> StoreIdCheck::check(std::string_view store_id, SteadyTime now) {
  if (is_ours(store_id)) return std::nullopt;
  if (const auto suppressed = log_limit_.pass(now)) {
    log::warn(
        "{}: received storeId \"{}\", expected \"{}\"{}: answered 400; compare store.id with the "
        "external id under store details in the merchant portal{}",
        route_, printable(store_id), options_.store_id,
        options_.also_known_as.empty()
            ? std::string{}
            : fmt::format(" (also known as \"{}\")", fmt::join(options_.also_known_as, "\", \"")),
        log::suppressed_note(*suppressed));
  }
  return FieldError{"storeId", "is not served by this gate",
                    "the external id of this gate's store in the merchant portal"};
}

}  // namespace gatehouse::gate
