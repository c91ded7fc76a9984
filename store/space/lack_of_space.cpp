#include "store/space/lack_of_space.hpp"

#include <cerrno>

namespace gatehouse {
namespace {

thread_local std::uint64_t of_this_thread = 0;

}  // namespace

std::uint64_t lacks_of_space() noexcept {
  return of_this_thread;
}

void note_lack_of_space() noexcept {
  ++of_this_thread;
}

void note_failed_call(int reason) noexcept {
  if (reason == ENOSPC || reason == EDQUOT) note_lack_of_space();
}

}  // namespace gatehouse
