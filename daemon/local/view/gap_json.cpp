#include "daemon/local/view/gap_json.hpp"

#include <nlohmann/json.hpp>

#include "store/values/rfc3339.hpp"

namespace gatehouse::local {

using Json = nlohmann::ordered_json;

Json gap_json(const std::optional<store::LedgerGap>& gap) {
  if (!gap) return nullptr;
  Json expected = nullptr;
  if (!gap->expected.id.empty()) {
    expected = {{"ledger", gap->expected.id},
                {"era", gap->expected.era},
                {"sequence", gap->expected.sequence}};
  }
  return {{"kind", store::to_text(gap->kind)},
          {"foundAt", rfc3339(gap->found_at)},
          {"sequence", gap->sequence},
          {"expected", std::move(expected)}};
}

Json withheld_json(const store::WithheldCharges& withheld) {
  Json amounts = Json::array();
  for (const Money& sum : withheld.sums) amounts.push_back(format_amount(sum) + " " + sum.currency);
  return {{"count", withheld.count},
          {"withoutPrice", withheld.without_price},
          {"amounts", std::move(amounts)}};
}

}  // namespace gatehouse::local
