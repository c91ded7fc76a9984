#pragma once

#include <cstdint>
#include <filesystem>

#include "store/values/result.hpp"

namespace gatehouse {

/// Space on a disk that is kept for later: a file of preallocated blocks, which nobody reads. Not
/// thread-safe. Nothing of it is made before grow().
class ReserveFile {
 public:
  /// Looks at what an earlier run left there. Holes, as a copy of the file may have them, do not
  /// count.
  explicit ReserveFile(std::filesystem::path file);

  /// What it keeps.
  [[nodiscard]] std::int64_t held_bytes() const noexcept { return held_bytes_; }

  /// Makes it so large (0600), on disk or not: what is kept is the space. Where the file system
  /// cannot preallocate, every block is written. An error: it keeps what it kept.
  [[nodiscard]] Result<> grow(std::int64_t bytes);
  /// Gives back what is beyond `bytes`; with 0 the file is gone.
  [[nodiscard]] Result<> shrink(std::int64_t bytes);
  /// Gives all of it back: the disk can use it when this returns. False: there was nothing, or the
  /// disk did not take it.
  [[nodiscard]] bool give_up();

 private:
  std::filesystem::path file_;
  std::int64_t held_bytes_ = 0;
};

}  // namespace gatehouse
