#pragma once

#include <array>
#include <cstdint>
#include <filesystem>

#include "store/ledger/ledger_identity.hpp"
#include "store/values/result.hpp"
#include "store/values/time.hpp"

namespace gatehouse::store {

/// A small file beside the ledger that says which ledger was here and how far it was, so that a
/// ledger that was deleted, exchanged or cut is known as such. Two slots are written in turn, each
/// a line with a checksum: a write that was torn leaves the other one.
///
/// Not thread-safe: the ledger thread owns it.
class Witness {
 public:
  /// "ledger.witness" beside "ledger.db".
  [[nodiscard]] static std::filesystem::path beside(const std::filesystem::path& ledger_file);
  /// What the file says, the newest slot that is whole. Never fails: what cannot be read is
  /// WitnessView::State::unreadable.
  [[nodiscard]] static WitnessView look(const std::filesystem::path& file);

  /// Says `mark` from now on, and that is on disk: in the file that is there, where it is one of
  /// ours, else in a new one.
  [[nodiscard]] static Result<Witness> open(const std::filesystem::path& file,
                                            const LedgerMark& mark, WallTime at);
  ~Witness();
  Witness(Witness&& other) noexcept;
  Witness& operator=(Witness&& other) noexcept;

  /// After the commit of `mark` has returned, never before. Costs a write into the page cache.
  [[nodiscard]] Result<> write(const LedgerMark& mark, WallTime at);
  /// What was written is on disk.
  [[nodiscard]] Result<> sync();
  [[nodiscard]] bool is_synced() const noexcept { return synced_; }

 private:
  Witness(std::filesystem::path file, int descriptor, std::uint64_t number)
      : file_(std::move(file)), descriptor_(descriptor), number_(number) {}
  std::filesystem::path file_;
  int descriptor_;
  std::uint64_t number_;  ///< of the last write; even ones are in the first slot
  bool synced_ = true;
};

}  // namespace gatehouse::store
