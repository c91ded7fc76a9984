#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "daemon/local/facts/facts.hpp"

namespace gatehouse::process {

/// What the package's rollback has written down, in lines like those of Debian's control files:
///
///   From: 0.2.0
///   To: 0.1.0
///   At: 2026-11-24T02:10:00Z
///   Outcome: rolled_back
///   Reason: one line
///
/// Outcome is rolled_back or failed, At is RFC 3339; other fields are passed over. Everything in
/// the result is printable. More than 4 KiB, a missing field or a malformed one:
/// Outcome::unreadable, with the reason. nullopt: there is no report. Any thread.
[[nodiscard]] std::optional<local::RollbackReport> rollback_report(
    const std::filesystem::path& file);

}  // namespace gatehouse::process
