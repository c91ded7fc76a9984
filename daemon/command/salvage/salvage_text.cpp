#include "daemon/command/salvage/salvage_text.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "store/values/descriptor.hpp"
#include "store/values/json_object.hpp"
#include "store/values/money.hpp"
#include "store/values/printable.hpp"

namespace gatehouse::command {
namespace {

using store::NumberRange;
using store::SalvagedTable;
using store::SalvageReport;

constexpr std::size_t shown_max = 20;
constexpr std::size_t id_max = 200;

std::string ranges_text(const std::vector<NumberRange>& ranges) {
  std::string text;
  for (std::size_t i = 0; i < std::min(ranges.size(), shown_max); ++i) {
    const auto& [first, last] = ranges[i];
    text += text.empty() ? "" : ", ";
    text += first == last ? fmt::format("{}", first) : fmt::format("{}-{}", first, last);
  }
  return text + (ranges.size() > shown_max ? ", …" : "");
}

std::string table_text(const SalvagedTable& table) {
  std::string text = fmt::format("  {}: {} rows taken over", table.name, table.taken);
  if (table.partly > 0) text += fmt::format(", {} of them in part", table.partly);
  if (table.bytes_changed > 0) {
    text += fmt::format(", {} with other bytes than were recorded", table.bytes_changed);
  }
  if (table.left_out > 0) text += fmt::format("; {} left out", table.left_out);
  if (table.lost > 0) text += fmt::format("; {} lost", table.lost);
  if (!table.lost_rows.empty()) text += fmt::format(" (rows {})", ranges_text(table.lost_rows));
  if (!table.unread_rows.empty()) {
    text += fmt::format("; nothing can be read at rows {}", ranges_text(table.unread_rows));
  }
  if (table.has_unread_end) text += "; its last rows cannot be read, if there were any";
  return text + "\n";
}

std::string money_text(const store::WithheldCharges& withheld) {
  std::string text = fmt::format("{} charges are withheld, {} of them without a price",
                                 withheld.count, withheld.without_price);
  for (const Money& sum : withheld.sums) {
    text += fmt::format("; {} {}", format_amount(sum), sum.currency);
  }
  return text + "\n";
}

std::string history_text(const SalvageReport& report) {
  if (report.was.id.empty()) return "which ledger it was cannot be read\n";
  std::string text = fmt::format("ledger {}, era {}, {} commits; the new era is {}\n",
                                 report.was.id, report.was.era, report.was.sequence, report.is.era);
  if (!report.witness)
    return text + "there is no witness beside it: its last commits may be lost\n";
  if (const auto missing = report.commits_missing(); missing > 0) {
    text += fmt::format("{} commits are missing at its end: the witness knows of {}\n", missing,
                        report.witness->sequence);
  }
  return text;
}

std::string notes_text(const SalvageReport& report) {
  std::string text;
  for (std::size_t i = 0; i < std::min(report.notes.size(), shown_max); ++i) {
    const auto& [table, row, what] = report.notes[i];
    text += fmt::format("  {} {}: {}\n", table, row, what);
  }
  const auto more = report.notes.size() - std::min(report.notes.size(), shown_max) +
                    static_cast<std::size_t>(report.notes_more);
  if (more > 0) text += fmt::format("  and {} more rows (--json lists them)\n", more);
  if (!report.trips.empty()) {
    text += fmt::format("{} trips lack something, or are held because of it:\n",
                        report.trips.size() + static_cast<std::size_t>(report.trips_more));
  }
  for (std::size_t i = 0; i < std::min(report.trips.size(), shown_max); ++i) {
    text += fmt::format("  {}\n", printable(report.trips[i], id_max));
  }
  if (report.trips.size() > shown_max) text += "  … (--json lists them)\n";
  return text;
}

std::string in_quotes(const std::string& name) {
  std::string text = "'";
  for (const char letter : name) {
    if (letter == '\'') {
      text += "'\\''";
    } else {
      text += letter;
    }
  }
  return text + "'";
}

std::string commands(const SalvageReport& report, const std::filesystem::path& damaged,
                     const std::string& time) {
  const std::string from = damaged.string();
  const std::string kept = fmt::format("{}.damaged-{}", from, time);
  const std::string made = report.file.string();
  std::string text =
      "Nothing was exchanged. Do not start the daemon before these commands: what it acknowledged\n"
      "since would be lost. If it ran, salvage again. To use the new ledger, as root:\n"
      "  (set -e\n"
      "  systemctl stop gatehouse-gate.socket gatehouse-local.socket gatehouse-control.socket "
      "gatehouse.service\n";
  text += fmt::format("  [ -z \"$(find {0} {0}-wal -newer {1})\" ] || exit 1  # changed since\n",
                      in_quotes(from), in_quotes(made));
  text += fmt::format("  mv -n {} {}\n", in_quotes(from), in_quotes(kept));
  text += fmt::format("  [ ! -e {0} ] || mv -n {0} {1}\n", in_quotes(from + "-wal"),
                      in_quotes(kept + "-wal"));
  text += fmt::format("  rm -f {}\n", in_quotes(from + "-shm"));
  text += fmt::format("  [ ! -e {0} ] && [ ! -e {0}-wal ]\n", in_quotes(from));
  text += fmt::format("  mv -n {} {}\n", in_quotes(made), in_quotes(from));
  text += fmt::format("  chown --reference={} {}\n", in_quotes(kept), in_quotes(from));
  return text +
         "  systemctl start gatehouse-gate.socket gatehouse-local.socket gatehouse-control.socket "
         "gatehouse.service\n"
         "  gatehouse ledger accept --dry-run)\n"
         "Refunds that waited are set aside, and charges withheld: see in the payment processor's\n"
         "reports which were made before you run `gatehouse ledger accept`. Leave ledger.witness\n"
         "as it is.\n";
}

std::string ranges_json(const std::vector<NumberRange>& ranges) {
  std::vector<std::string> each;
  for (const auto& [first, last] : ranges) {
    each.push_back(JsonObject().number("from", first).number("to", last).done());
  }
  return json_array(each);
}

}  // namespace

std::string salvage_text(const SalvageReport& report, const std::filesystem::path& damaged,
                         const std::string& time) {
  std::string text = fmt::format("{} is made\n", report.file.string()) + history_text(report);
  for (const SalvagedTable& table : report.tables) text += table_text(table);
  text += notes_text(report);
  if (report.stand_ins > 0) {
    text += fmt::format("{} rows stand in for lost ones\n", report.stand_ins);
  }
  text += report.is_whole() ? "nothing is known to be missing\n" : "";
  return text + money_text(report.withheld) + commands(report, damaged, time);
}

std::string salvage_json(const SalvageReport& report) {
  std::vector<std::string> tables;
  for (const SalvagedTable& table : report.tables) {
    tables.push_back(JsonObject()
                         .text("name", table.name)
                         .number("taken", table.taken)
                         .number("partly", table.partly)
                         .number("bytesChanged", table.bytes_changed)
                         .number("leftOut", table.left_out)
                         .number("lost", table.lost)
                         .json("lostRows", ranges_json(table.lost_rows))
                         .json("unreadRows", ranges_json(table.unread_rows))
                         .boolean("unreadEnd", table.has_unread_end)
                         .done());
  }
  std::vector<std::string> notes;
  for (const auto& [table, row, what] : report.notes) {
    notes.push_back(JsonObject().text("table", table).number("row", row).text("what", what).done());
  }
  std::vector<std::string> trips;
  for (const std::string& trip : report.trips)
    trips.push_back(JsonObject().text("tripId", trip).done());
  return JsonObject()
      .text("file", report.file.string())
      .boolean("whole", report.is_whole())
      .number("commitsMissing", report.commits_missing())
      .json("tables", json_array(tables))
      .json("rows", json_array(notes))
      .number("rowsMore", report.notes_more)
      .json("trips", json_array(trips))
      .number("tripsMore", report.trips_more)
      .number("standIns", report.stand_ins)
      .number("withheld", report.withheld.count)
      .done();
}

Descriptor open_folder_of(const std::filesystem::path& ledger) {
  return Descriptor(::open(ledger.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

bool keeps_daemon_out(const Descriptor& lock) {
  // Where a file system locks no folders (NFS), no daemon has locked this one.
  return lock.opened() && (::flock(lock.number(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK);
}

}  // namespace gatehouse::command
