// Faults about what a box makes of a ledger that is not the one it had.
#include <filesystem>
#include <string>

#include "store/ledger/ledger_witness.hpp"
#include "store/ledger/vouched_ledger.hpp"
#include "store/sqlite/database.hpp"
#include "tests/model/accident.hpp"
#include "tests/model/planted/planted.hpp"

namespace gatehouse::sync::model {
namespace {

namespace fs = std::filesystem;

void run_in(const fs::path& ledger_file, const std::string& sql) {
  auto database = store::sqlite::Database::open(ledger_file, store::sqlite::Access::create);
  database.value().execute(sql).value();
}

bool has_a_ledger(const fs::path& file) {
  return fs::exists(file) && fs::file_size(file) > 0;
}

}  // namespace

Planted copy_taken_for_the_original() {
  return {.found_ledger = [](const fs::path& file) {
    if (has_a_ledger(file)) pass_for_original(file);
  }};
}

Planted gap_without_an_era() {
  return {.found_ledger = [](const fs::path& file) {
    if (!has_a_ledger(file)) return;
    run_in(file,
           "CREATE TRIGGER same_era AFTER UPDATE OF era ON ledger_identity "
           "BEGIN UPDATE ledger_identity SET era = old.era; END");
  }};
}

/// As if somebody had let go whatever comes.
Planted originals_price_charged() {
  return {.found_ledger = [](const fs::path& file) {
    if (!has_a_ledger(file)) return;
    run_in(file,
           "CREATE TRIGGER let_go AFTER INSERT ON settlement BEGIN UPDATE settlement "
           "SET was_withheld = 1 WHERE trip_sequence = new.trip_sequence; END");
  }};
}

Planted new_ledger_that_withholds_nothing() {
  return {.found_ledger = [](const fs::path& file) {
    if (fs::exists(file) || fs::exists(store::Witness::beside(file))) return;
    (void)store::open_vouched(file, WallTime{milliseconds{1'750'000'000'000}}).value();
    run_in(file, "UPDATE ledger_identity SET born_at_ms = NULL, born_confirmed = 1");
  }};
}

Planted withdrawn_refund_that_is_free_at_once() {
  return {.options = [](simulation::BoxOptions& options) {
    if (options.files) return;  // of a copy, which has it
    options.files = [](const fs::path& file) {
      (void)store::open_vouched(file, WallTime{milliseconds{1'750'000'000'000}}).value();
      run_in(file, "UPDATE ledger_identity SET born_at_ms = NULL, born_confirmed = 1");
      // 4: withdrawn.
      run_in(file,
             "CREATE TRIGGER free_at_once AFTER UPDATE OF unclear ON refund "
             "WHEN new.unclear = 1 AND EXISTS (SELECT 1 FROM delivery "
             "WHERE id = new.delivery_id AND state = 4) "
             "BEGIN UPDATE refund SET unclear = 0 WHERE id = new.id; END");
    };
  }};
}

}  // namespace gatehouse::sync::model
