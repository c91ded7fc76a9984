#include "sync/cloud/charge_grant.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "store/values/text/ascii.hpp"
#include "sync/transport/json_document.hpp"

namespace gatehouse::sync {

Result<store::ChargeGrant> grant_in(std::string_view answer, GrantPlace place) {
  store::ChargeGrant grant;
  const auto document = JsonDocument::read_object(answer);
  if (!document) return grant;
  const bool in_charge = place == GrantPlace::charge;
  const JsonValue ledger = in_charge ? (*document)["charge"]["ledger"] : (*document)["ledger"];
  if (!ledger.is_absent()) {
    const auto name = ledger.text();
    if (!name || name->size() > ledger_name_max_bytes || !std::ranges::all_of(*name, is_visible)) {
      return failure(Remedy::reject, fmt::format("{}: expected what Gatehouse-Ledger said, as text",
                                                 in_charge ? "charge.ledger" : "ledger"));
    }
    grant.ledger = *name;
  }
  const JsonValue elsewhere = (*document)["settledElsewhere"];
  if (elsewhere.is_absent()) return grant;
  grant.settled_elsewhere = elsewhere.boolean();
  if (!grant.settled_elsewhere) {
    return failure(Remedy::reject, "settledElsewhere: expected true or false");
  }
  return grant;
}

}  // namespace gatehouse::sync
