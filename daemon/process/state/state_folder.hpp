#pragma once

#include <filesystem>

#include "store/values/result.hpp"

namespace gatehouse::process {

/// The folder with cache.db and ledger.db, owned by this process alone: two daemons on one ledger
/// would each believe to be its only writer.
class StateFolder {
 public:
  /// Makes the folder (0750) where it is missing and locks it. Remedy::repair when another process
  /// holds it or it cannot be made or written. The lock goes with the process, however it ends.
  [[nodiscard]] static Result<StateFolder> take(const std::filesystem::path& folder);
  ~StateFolder();
  StateFolder(StateFolder&& other) noexcept;
  StateFolder& operator=(StateFolder&&) = delete;

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::filesystem::path cache_file() const { return folder_ / "cache.db"; }
  [[nodiscard]] std::filesystem::path ledger_file() const { return folder_ / "ledger.db"; }
  [[nodiscard]] std::filesystem::path hash_key_file() const { return folder_ / "hash.key"; }

 private:
  StateFolder(std::filesystem::path folder, int lock) : folder_(std::move(folder)), lock_(lock) {}
  std::filesystem::path folder_;
  int lock_;
};

}  // namespace gatehouse::process
