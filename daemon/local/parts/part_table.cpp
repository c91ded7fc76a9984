#include "daemon/local/parts/part_table.hpp"

#include <algorithm>
#include <array>

namespace gatehouse::local {
namespace {

struct Row {
  std::string_view code;
  Part part;
  bool ends_function = false;
};

constexpr bool ends_function = true;

constexpr auto rows = std::to_array<Row>({
    {"gate_not_listening", Part::gate, ends_function},
    {"gate_stuck", Part::gate, ends_function},
    {"gate_insecure", Part::gate},
    {"gate_bodies_full", Part::gate},
    {"carts_refused", Part::gate},
    {"carts_not_kept", Part::gate},
    {"carts_turned_away", Part::gate},

    {"cache_stand_in", Part::cache, ends_function},    // until the feed has filled it: health.cpp
    {"cache_begun_anew", Part::cache, ends_function},  // the same
    {"cache_damaged", Part::cache},
    {"cache_not_set_aside", Part::cache},

    {"ledger_not_open", Part::ledger, ends_function},
    {"ledger_trouble", Part::ledger, ends_function},
    {"ledger_refuses_carts", Part::ledger, ends_function},
    {"ledger_unreadable", Part::ledger, ends_function},
    {"ledger_stuck", Part::ledger, ends_function},
    {"ledger_damaged", Part::ledger},
    {"ledger_history_lost", Part::ledger},
    {"ledger_witness_lost", Part::ledger},
    {"ledger_witness_failing", Part::ledger},
    {"differing_carts", Part::ledger},

    {"disk_slow", Part::disk, ends_function},
    {"disk_low", Part::disk, ends_function},  // once nothing is left: health.cpp
    {"disk_filling", Part::disk},
    {"disk_reserve_missing", Part::disk},

    {"clock_wrong", Part::clock, ends_function},
    {"clock_doubtful", Part::clock},

    {"cache_never_synced", Part::feed, ends_function},
    {"cache_stale", Part::feed, ends_function},
    {"feed_not_configured", Part::feed},
    {"feed_failing", Part::feed},
    {"feed_rebuilding", Part::feed},
    {"feed_documents_unclear", Part::feed},
    {"feed_rows_without_id", Part::feed},
    {"feed_loyalty_left_out", Part::feed},

    // The sync thread turns all lanes: health.cpp has what else stands still with it.
    {"sync_stuck", Part::cloud, ends_function},
    {"cloud_not_configured", Part::cloud},
    {"cloud_unreachable", Part::cloud},
    {"cloud_refuses", Part::cloud},
    {"cloud_call_stuck", Part::cloud},
    {"deliveries_late", Part::cloud},
    {"records_set_aside", Part::cloud},
    {"key_conflict", Part::cloud},
    {"price_late", Part::cloud},
    {"price_unusable", Part::cloud},
    {"price_for_another_ledger", Part::cloud},

    {"charges_late", Part::amazon},
    {"refunds_late", Part::amazon},
    {"reports_late", Part::amazon},
    {"amazon_call_stuck", Part::amazon},
    {"payments_unreachable", Part::amazon},
    {"refunds_unreachable", Part::amazon},
    {"refunds_withdrawn", Part::amazon},
    {"reports_unreachable", Part::amazon},
    {"charge_deadline_half", Part::amazon},
    {"charge_deadline_near", Part::amazon},
    {"charge_deadline_last_hour", Part::amazon},
    {"charge_overdue", Part::amazon},
    {"captures_unclear", Part::amazon},
    {"evidence_unsound", Part::amazon},
    {"settlements_held", Part::amazon},
    {"settlements_expired", Part::amazon},
    {"cart_after_empty", Part::amazon},
    {"decisions_refused", Part::amazon},

    {"credentials_missing", Part::credentials},
    {"credentials_expiring", Part::credentials},
    {"credentials_not_renewed", Part::credentials},
    {"certificate_expiring", Part::credentials},

    {"local_stuck", Part::local_api},

    {"configuration", Part::installation},
    {"archive_key_expiring", Part::installation},
    {"release_rolled_back", Part::installation},
    {"release_rollback_failed", Part::installation},
});

}  // namespace

Bearing bearing_of(std::string_view code) {
  const auto* row = std::ranges::find(rows, code, &Row::code);
  return row != rows.end() ? Bearing{row->part, row->ends_function} : Bearing{};
}

}  // namespace gatehouse::local
