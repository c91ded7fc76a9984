#include "sync/payment_record.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "sync/json_quoted.hpp"
#include "sync/settlement.hpp"

namespace gatehouse::sync {
std::string payment_record(std::string_view store_id, const store::Settlement& settlement,
                           std::string_view transactional_data, WallTime settled_at) {
  auto record = fmt::format(R"({{"tripId":{},"purchaseId":{},"storeId":{},"status":"{}")",
                            json_quoted(settlement.trip_id), json_quoted(settlement.purchase_id),
                            json_quoted(store_id), payment_status(settlement.state));
  if (settlement.amount) {
    record +=
        fmt::format(R"(,"amount":{{"amount":"{}","code":{}}})", format_amount(*settlement.amount),
                    json_quoted(settlement.amount->currency));
  }
  if (!transactional_data.empty()) {
    record += fmt::format(R"(,"transactionalData":{})", transactional_data);
  }
  return record + fmt::format(R"(,"settledAt":"{}"}})", rfc3339(settled_at));
}

std::string rfc3339(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{:%FT%T}.{:03}Z", seconds, (time - seconds).count());
}

}  // namespace gatehouse::sync
