#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string_view>

#include "store/values/result.hpp"

namespace gatehouse::store {

/// A shopper's key as it is stored: HMAC-SHA-256 of it, cut to 16 bytes. A stolen disk without the
/// hash key tells no loyalty number.
using KeyHash = std::array<std::byte, 16>;

/// The secret of this box that keys the hashes: 32 bytes. Never logged, never sent.
class HashKey {
 public:
  /// Reads `credential` (a file that systemd passed) if it is not empty; else `file`, which is made
  /// with 32 random bytes and mode 0400, fsync'd with its folder, where it does not exist.
  [[nodiscard]] static Result<HashKey> load(const std::filesystem::path& credential,
                                            const std::filesystem::path& file);
  /// One that no file has.
  [[nodiscard]] static Result<HashKey> random();
  [[nodiscard]] static HashKey from_bytes(const std::array<std::byte, 32>& bytes);
  [[nodiscard]] const std::array<std::byte, 32>& bytes() const { return bytes_; }

 private:
  std::array<std::byte, 32> bytes_{};
};

/// Hashes keys with one prepared HMAC context (155 ns against 900 for a fresh one). Not
/// thread-safe: each thread has its own.
class KeyHasher {
 public:
  explicit KeyHasher(const HashKey& key);
  ~KeyHasher();
  KeyHasher(KeyHasher&&) noexcept;
  KeyHasher& operator=(KeyHasher&&) noexcept;

  [[nodiscard]] KeyHash hash(std::string_view key);
  /// A value that tells two hash keys apart without telling either: the hash of a fixed text.
  [[nodiscard]] KeyHash key_check();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace gatehouse::store
