#include "tests/model/accident.hpp"

#include <fstream>

#include "store/ledger/ledger_witness.hpp"
#include "store/ledger/vouched_ledger.hpp"
#include "store/sqlite/database.hpp"
#include "tests/child/child.hpp"

namespace gatehouse::sync::model {
namespace {

namespace fs = std::filesystem;

fs::path log_of(fs::path ledger_file) {
  return ledger_file += "-wal";
}

void copy_pair(const fs::path& from, const fs::path& to) {
  fs::copy_file(from, to, fs::copy_options::overwrite_existing);
  if (fs::exists(log_of(from))) {
    fs::copy_file(log_of(from), log_of(to), fs::copy_options::overwrite_existing);
  }
}

}  // namespace

void copy_ledger(const fs::path& ledger_file, const fs::path& to_folder) {
  if (fs::exists(ledger_file)) copy_pair(ledger_file, to_folder / "older.db");
}

void exchange_ledger(const fs::path& ledger_file, Accident accident, const fs::path& copies) {
  fs::path index = ledger_file;
  for (const auto& file : {ledger_file, log_of(ledger_file), index += "-shm"}) fs::remove(file);
  if (accident == Accident::new_disk) fs::remove(store::Witness::beside(ledger_file));
  const auto older = copies / "older.db";
  if (accident == Accident::emptied) std::ofstream(ledger_file).flush();
  if (accident == Accident::older && fs::exists(older)) copy_pair(older, ledger_file);
  if (accident == Accident::foreign) {
    const auto foreign = copies / "foreign.db";
    (void)store::open_vouched(foreign, WallTime{milliseconds{1'750'000'000'000}});
    copy_pair(foreign, ledger_file);
  }
}

void copy_state(const fs::path& ledger_file, const fs::path& to_file) {
  copy_pair(ledger_file, to_file);
  fs::copy_file(store::Witness::beside(ledger_file), store::Witness::beside(to_file));
}

/// As one of before this was noted: in which file it is it notes when it is opened.
void pass_for_original(const fs::path& ledger_file) {
  auto database = store::sqlite::Database::open(ledger_file, store::sqlite::Access::create);
  database.value().execute("UPDATE ledger_identity SET file_number = NULL").value();
}

}  // namespace gatehouse::sync::model
