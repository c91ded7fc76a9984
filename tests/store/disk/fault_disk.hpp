#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>

#include "store/values/time.hpp"

namespace gatehouse::store {

/// What SQLite asks of a disk.
enum class DiskCall { open, read, write, truncate, sync, remove, look };

/// Something that goes wrong from some call on.
struct DiskFault {
  enum class Kind {
    full,        ///< no block is left: what would make a file longer, or a new one
    unreadable,  ///< reads fail
    read_only,   ///< whatever writes fails, as after a remount
    unsynced,    ///< syncs fail, and what they should have written is lost, though it can be read
    any,         ///< whichever call it is
  };
  Kind kind = Kind::any;
  int after = 0;  ///< calls of that kind that still succeed
  int times = 1;  ///< calls that fail then
};

/// The files of one folder as a disk and a page cache have them: what was written can be read, and
/// is on the disk once it was synced. A power cut takes the rest away, in whole or in part, down to
/// single sectors. SQLite is led here by FaultVfs (fault_vfs.hpp); the files are real ones, and
/// while a connection is open nobody else may open them (that would end SQLite's locks).
///
/// The same seed decides alike. Thread-safe. One exists at a time, and outlives its connections.
class FaultDisk {
 public:
  FaultDisk(std::filesystem::path folder, std::uint64_t seed);
  ~FaultDisk();
  FaultDisk(const FaultDisk&) = delete;
  FaultDisk& operator=(const FaultDisk&) = delete;

  /// In place of the fault before.
  void fail(const DiskFault& fault);
  /// The process is gone after so many calls more: from then on each fails, and has no effect.
  void die_after(int calls);
  [[nodiscard]] bool dead() const;
  /// No fault any more, and none to come. The dead stay dead.
  void mend();
  /// Calls that were made to fail.
  [[nodiscard]] std::int64_t failures() const;

  /// What a power cut takes of all that was written and not synced.
  enum class Loss { nothing, some, all };
  /// After the last connection is closed: those of a process that died. Alive and well after it.
  void cut_power(Loss loss);
  /// The process was killed, and the machine goes on: nothing is lost, and synced neither.
  void start_again();

  /// Each call of this kind takes so long from now on. Nobody waits: it is counted.
  void slow_down(DiskCall call, milliseconds each);
  [[nodiscard]] milliseconds waited() const;
  [[nodiscard]] std::int64_t calls(DiskCall call) const;

  /// This sector of a file cannot be read any more, whatever mend() mends.
  void lose_sector(const std::filesystem::path& file, std::int64_t offset);

  /// It says that it has synced a write-ahead log, and has not.
  void lie_about_logs();

  // For FaultVfs.

  /// A file by its name.
  struct File {
    struct Page {
      std::string on_disk;   ///< '' : zeros
      bool dropped = false;  ///< its sync failed: no later one writes it, unless it is written anew
    };
    std::map<std::int64_t, Page> unsynced;
    std::int64_t size_on_disk = 0;
    bool is_log = false;
    bool name_synced = true;  ///< the folder was synced since the file was made or removed
    std::optional<std::string> before;        ///< until then: what is on the disk under this name
    std::optional<std::int64_t> lost_sector;  ///< where it begins
  };
  /// Gives the bytes that are in the file now, zeros where it ends.
  using ReadNow = std::function<void(std::int64_t offset, std::string& into)>;

  /// The disk on which this file is; null: none that is played.
  [[nodiscard]] static FaultDisk* of(const std::filesystem::path& file);
  [[nodiscard]] std::unique_lock<std::mutex> lock() const { return std::unique_lock(mutex_); }
  // With that lock:
  /// Counts the call. What is wrong with it; nullopt: nothing. `grows`: it needs a new block.
  [[nodiscard]] std::optional<DiskFault::Kind> befalls(DiskCall call, bool grows = false);
  [[nodiscard]] bool is_dead() const { return dead_; }
  [[nodiscard]] static bool has_lost(const File& file, std::int64_t offset, std::int64_t size) {
    return file.lost_sector && *file.lost_sector >= offset && *file.lost_sector < offset + size;
  }
  [[nodiscard]] File& opened(const std::filesystem::path& file);
  void write(File& file, std::int64_t offset, std::int64_t size, const ReadNow& read);
  void truncate(File& file, std::int64_t size, std::int64_t size_now, const ReadNow& read);
  void sync(File& file, std::int64_t size, bool with_folder);
  void sync_failed(File& file);
  /// Before it is removed, with what is in it.
  void remove(const std::filesystem::path& file, bool with_folder);
  /// A file or a folder is synced by somebody else than SQLite. False: that failed.
  [[nodiscard]] static bool sync(const std::filesystem::path& path, bool is_folder,
                                 std::int64_t size);
  /// True with one half.
  [[nodiscard]] bool toss() { return random_() % 2 == 0; }

 private:
  void sync_folder();
  void keep(File& file, std::int64_t page, const ReadNow& read);
  void cut(const std::filesystem::path& path, File& file, Loss loss);
  void cut_pages(const std::filesystem::path& path, File& file, std::int64_t size, Loss loss);
  [[nodiscard]] bool loses(Loss loss) {
    return loss == Loss::all || (loss == Loss::some && toss());
  }

  const std::filesystem::path folder_;
  mutable std::mutex mutex_;
  std::mt19937_64 random_;
  std::map<std::filesystem::path, File> files_;
  std::optional<DiskFault> fault_;
  std::optional<int> dies_after_;
  bool dead_ = false;
  bool lies_ = false;
  std::int64_t failures_ = 0;
  std::array<milliseconds, 7> each_takes_{};
  std::array<std::int64_t, 7> calls_{};
  milliseconds waited_{0};
};

}  // namespace gatehouse::store
