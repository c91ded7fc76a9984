#pragma once

#include <cstdint>

namespace gatehouse {

/// How often a call of this thread to the disk has failed for want of space. Errors say it in words
/// alone, and whoever can make room has to know: he compares this with what it was before the call.
[[nodiscard]] std::uint64_t lacks_of_space() noexcept;

/// Of the layers that call the disk.
void note_lack_of_space() noexcept;
/// Counts ENOSPC and EDQUOT, and no other reason (an errno).
void note_failed_call(int reason) noexcept;

}  // namespace gatehouse
