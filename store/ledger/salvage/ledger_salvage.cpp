#include "store/ledger/salvage/ledger_salvage.hpp"

#include <utility>

#include "store/ledger/ledger.hpp"
#include "store/ledger/ledger_reader.hpp"
#include "store/ledger/ledger_witness.hpp"
#include "store/ledger/salvage/damaged_file.hpp"
#include "store/ledger/salvage/new_ledger_file.hpp"
#include "store/ledger/salvage/private_copy.hpp"
#include "store/ledger/salvage/table_salvage.hpp"

namespace gatehouse::store {
namespace {

Result<> take_tables(DamagedFile& from, NewLedgerFile& into, Losses& losses,
                     SalvageReport& report) {
  for (const sqlite::TableShape& table : from.tables()) {
    auto taken = salvage_table(from, table, losses.highest["trip"], into, losses, report);
    if (!taken) return propagate(std::move(taken), "salvaging " + table.name);
    report.tables.push_back(std::move(*taken));
  }
  return into.commit();
}

/// The gap, and the era that begins with it. Whatever the witness says is older than that.
Result<> put_gap_on_record(const std::filesystem::path& file, WallTime now, SalvageReport& report) {
  auto ledger = Ledger::open(file);
  if (!ledger) return propagate(std::move(ledger));
  report.was = ledger->mark();
  const LedgerMark expected = report.witness.value_or(report.was);
  Result<> done = ledger->begin();
  if (done) done = ledger->note_gap({GapKind::behind, now, expected, report.was.sequence});
  if (done) done = ledger->commit();
  report.is = ledger->mark();
  return done;
}

Result<> require_whole(const std::filesystem::path& file) {
  auto database = sqlite::Database::open(file, sqlite::Access::read_only);
  if (!database) return propagate(std::move(database));
  for (const char* check : {"PRAGMA integrity_check(1)", "PRAGMA foreign_key_check"}) {
    sqlite::Statement statement(database->handle(), check);
    auto said = statement.first(sqlite::read_text);
    if (!said) return propagate(std::move(said));
    if (!*said || **said == "ok") continue;
    return failure(Remedy::repair, "the new ledger is not whole, which is a defect of gatehouse: " +
                                       std::string(check) + " says " + **said);
  }
  return {};
}

Result<> count_money(const std::filesystem::path& file, WallTime now, SalvageReport& report) {
  auto reader = LedgerReader::open(file);
  if (!reader) return propagate(std::move(reader));
  auto counts = reader->counts(now);
  if (!counts) return propagate(std::move(counts));
  report.withheld = std::move(counts->withheld);
  return {};
}

}  // namespace

Result<SalvageReport> salvage_ledger(const std::filesystem::path& file, SalvageOptions options) {
  SalvageReport report;
  report.file = options.new_file;
  const WitnessView said = Witness::look(Witness::beside(file));
  if (said.state == WitnessView::State::read) report.witness = said.mark;
  // Our clock may stand in the past; that of the last write is known to be over.
  const WallTime now = std::max(options.now, said.written_at);

  auto copy = PrivateCopy::make(file, options.work_folder);
  if (!copy) return propagate(std::move(copy));
  auto into = [&]() -> Result<NewLedgerFile> {
    Losses losses;
    auto from = DamagedFile::open(copy->file());
    if (!from) return propagate(std::move(from), file.string());
    auto made = NewLedgerFile::make(options.new_file, from->schema());
    if (!made) return propagate(std::move(made));
    Result<> done = take_tables(*from, *made, losses, report);
    made->close();
    if (!done) return propagate(std::move(done));
    // Brings it to the newest schema.
    if (auto ledger = Ledger::open(made->unfinished()); !ledger) {
      return propagate(std::move(ledger), "opening the new ledger");
    }
    done = mend(made->unfinished(), losses, now, options.store_id, options.purchase_id, report);
    if (!done) return propagate(std::move(done), "mending the new ledger");
    return made;
  }();
  if (!into) return propagate(std::move(into));
  Result<> done = put_gap_on_record(into->unfinished(), now, report);
  if (done) done = require_whole(into->unfinished());
  if (done) done = count_money(into->unfinished(), now, report);
  if (done) done = into->finish();
  if (!done) return propagate(std::move(done), "finishing the new ledger");
  return report;
}

}  // namespace gatehouse::store
