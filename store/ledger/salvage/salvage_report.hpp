#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "store/ledger/ledger_identity.hpp"
#include "store/ledger/records/number_range.hpp"

namespace gatehouse::store {

/// A row that was read and could not be taken over as it is, or not at all.
struct SalvageNote {
  std::string table;
  std::int64_t row = 0;
  std::string what;
};

struct SalvagedTable {
  std::string name;
  std::int64_t taken = 0;                ///< rows
  std::int64_t partly = 0;               ///< of those: something of them could not be read
  std::int64_t bytes_changed = 0;        ///< of those: their bytes are not those that were recorded
  std::int64_t left_out = 0;             ///< read, and not taken over: see SalvageReport::notes
  std::int64_t lost = 0;                 ///< not read, and something tells that they were there
  std::vector<NumberRange> lost_rows{};  ///< the first ones
  std::vector<NumberRange> unread_rows{};  ///< the first ones: under these ids nothing can be read
  bool has_unread_end = false;             ///< more may be lost behind the highest known id
};

/// What was made of a damaged ledger.
struct SalvageReport {
  static constexpr std::size_t listed_max = 1'000;  ///< of each list; what is beyond is counted

  std::filesystem::path file{};  ///< the new one
  LedgerMark was{};              ///< as the damaged file has it; no id: that cannot be read
  LedgerMark is{};
  std::optional<LedgerMark> witness{};  ///< beside the damaged file; nullopt: it cannot be read
  std::vector<SalvagedTable> tables{};
  std::vector<SalvageNote> notes{};  ///< of rows
  std::int64_t notes_more = 0;
  std::vector<std::string> trips{};  ///< that lack something, or are held because of it, by id
  std::int64_t trips_more = 0;
  std::int64_t stand_ins = 0;  ///< rows that were made in the place of lost ones
  WithheldCharges withheld{};  ///< the money that is open

  /// Nothing that is known of is missing or changed.
  [[nodiscard]] bool is_whole() const {
    return trips.empty() && notes.empty() && commits_missing() == 0 &&
           std::ranges::all_of(tables, is_whole_table);
  }
  /// At its end, by the word of the witness: a log that was cut or damaged leaves no other trace.
  [[nodiscard]] std::int64_t commits_missing() const {
    const bool is_known = witness && witness->id == was.id && witness->era == was.era;
    return is_known ? std::max<std::int64_t>(witness->sequence - was.sequence, 0) : 0;
  }
  [[nodiscard]] static bool is_whole_table(const SalvagedTable& table) {
    return table.lost == 0 && table.left_out == 0 && table.unread_rows.empty() &&
           !table.has_unread_end;
  }
};

}  // namespace gatehouse::store
