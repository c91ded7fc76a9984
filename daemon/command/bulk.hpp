#pragma once

#include <expected>
#include <iosfwd>
#include <string>
#include <string_view>

#include "daemon/command/arguments.hpp"
#include "store/values/time.hpp"

namespace gatehouse::command {

/// `records retry --all` and `trip release --all`: asks the daemon for one page after the other, so
/// that none holds it up, and says what was done, or would be (--dry-run). With --json one object
/// for all of it. Exit status: ok when all was done, unhealthy when something was left out, or that
/// of the first page that failed; what was done before that stays done and is printed all the same.
/// Running it again is harmless.
[[nodiscard]] ExitCode retry_all(const Arguments& arguments, std::ostream& out, std::ostream& err);
[[nodiscard]] ExitCode release_all(const Arguments& arguments, std::ostream& out,
                                   std::ostream& err);

/// `trip decide --from FILE`: reads the list, has the daemon carry it out page by page, and says
/// what was done, or would be, with the sums of each word. Lines that cannot be used or carried out
/// are named with their number, and the rest is done. Exit status as above, and wrong_input where
/// the file cannot be read.
[[nodiscard]] ExitCode decide_from_file(const Arguments& arguments, std::ostream& out,
                                        std::ostream& err);

/// `ledger verify`: has the daemon read all of the ledger, page by page, and says what is damaged.
/// With --json one object. Exit status: ok without damage, unhealthy with it, or that of the page
/// that failed, after which the rest was not read.
[[nodiscard]] ExitCode verify_ledger(const Arguments& arguments, std::ostream& out,
                                     std::ostream& err);

/// "2h" (so long before `now`) or "2025-05-02T00:05:18Z". The error says what is expected.
[[nodiscard]] std::expected<WallTime, std::string> parse_since(std::string_view text, WallTime now);

}  // namespace gatehouse::command
