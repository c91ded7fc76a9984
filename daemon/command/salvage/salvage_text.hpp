#pragma once

#include <filesystem>
#include <string>

#include "store/ledger/salvage/salvage_report.hpp"
#include "store/values/descriptor.hpp"

// What an operator reads of a salvaged ledger. It names tables, rows, trips and sums, and no byte
// of a record.
namespace gatehouse::command {

/// For a terminal, with the commands that put the new ledger in the place of `damaged`. `time` is
/// part of the name that the damaged one is kept under.
[[nodiscard]] std::string salvage_text(const store::SalvageReport& report,
                                       const std::filesystem::path& damaged,
                                       const std::string& time);
/// The same as one JSON object, without the commands.
[[nodiscard]] std::string salvage_json(const store::SalvageReport& report);

/// The folder of this ledger, which a daemon that serves from it has locked.
[[nodiscard]] Descriptor open_folder_of(const std::filesystem::path& ledger);
/// No daemon has it, nor gets it while `lock` lives.
[[nodiscard]] bool keeps_daemon_out(const Descriptor& lock);

}  // namespace gatehouse::command
