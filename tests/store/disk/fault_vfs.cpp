#include "tests/store/disk/fault_vfs.hpp"

#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "store/sqlite/native.hpp"
#include "tests/store/disk/fault_disk.hpp"

namespace gatehouse::store {
namespace {

/// SQLite allocates it, with the file of the layer below behind it.
struct OpenFile {
  sqlite3_file base;
  FaultDisk* disk;
  FaultDisk::File* file;  ///< of that disk
  sqlite3_file* real;
  bool with_folder;  ///< its first sync is one of the folder, too
};

OpenFile& as_open(sqlite3_file* file) {
  return *reinterpret_cast<OpenFile*>(file);
}
const sqlite3_io_methods& below(const OpenFile& open) {
  return *open.real->pMethods;
}
sqlite3_vfs* below(sqlite3_vfs* vfs) {
  return static_cast<sqlite3_vfs*>(vfs->pAppData);
}

int code_of(DiskFault::Kind kind, int otherwise) {
  return kind == DiskFault::Kind::full ? SQLITE_FULL : otherwise;
}

/// What a system call would have said.
int number_of(DiskFault::Kind kind) {
  if (kind == DiskFault::Kind::full) return ENOSPC;
  return kind == DiskFault::Kind::read_only ? EROFS : EIO;
}

sqlite3_int64 size_of(const OpenFile& open) {
  sqlite3_int64 size = 0;
  below(open).xFileSize(open.real, &size);
  return size;
}

FaultDisk::ReadNow reader_of(const OpenFile& open) {
  return [&open](std::int64_t offset, std::string& into) {
    below(open).xRead(open.real, into.data(), static_cast<int>(into.size()), offset);
  };
}

int close(sqlite3_file* file) {
  const OpenFile& open = as_open(file);
  return below(open).xClose(open.real);
}

int read(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
  const OpenFile& open = as_open(file);
  const auto held = open.disk->lock();
  if (open.disk->befalls(DiskCall::read)) return SQLITE_IOERR_READ;
  if (FaultDisk::has_lost(*open.file, offset, size)) return SQLITE_IOERR_READ;
  return below(open).xRead(open.real, into, size, offset);
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  const OpenFile& open = as_open(file);
  const auto held = open.disk->lock();
  const auto fault = open.disk->befalls(DiskCall::write, offset + size > size_of(open));
  // The last block that was left.
  const bool half = fault && !open.disk->is_dead() && open.disk->toss();
  const int taken = fault ? (half ? size / 2 : 0) : size;
  if (taken > 0) {
    open.disk->write(*open.file, offset, taken, reader_of(open));
    const int code = below(open).xWrite(open.real, bytes, taken, offset);
    if (code != SQLITE_OK) return code;
  }
  return fault ? code_of(*fault, SQLITE_IOERR_WRITE) : SQLITE_OK;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  const OpenFile& open = as_open(file);
  const auto held = open.disk->lock();
  if (open.disk->befalls(DiskCall::truncate)) return SQLITE_IOERR_TRUNCATE;
  open.disk->truncate(*open.file, size, size_of(open), reader_of(open));
  return below(open).xTruncate(open.real, size);
}

int sync(sqlite3_file* file, int /*flags*/) {
  OpenFile& open = as_open(file);
  const auto held = open.disk->lock();
  if (open.disk->befalls(DiskCall::sync)) {
    if (!open.disk->is_dead()) open.disk->sync_failed(*open.file);
    return SQLITE_IOERR_FSYNC;
  }
  open.disk->sync(*open.file, size_of(open), open.with_folder);
  open.with_folder = false;
  return SQLITE_OK;  // the real disk has nothing to do with it
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  const OpenFile& open = as_open(file);
  const auto held = open.disk->lock();
  if (open.disk->befalls(DiskCall::look)) return SQLITE_IOERR_FSTAT;
  return below(open).xFileSize(open.real, size);
}

// Locks and shared memory are no matter of the disk.
int lock(sqlite3_file* file, int level) {
  return below(as_open(file)).xLock(as_open(file).real, level);
}
int unlock(sqlite3_file* file, int level) {
  return below(as_open(file)).xUnlock(as_open(file).real, level);
}
int check_reserved_lock(sqlite3_file* file, int* held) {
  return below(as_open(file)).xCheckReservedLock(as_open(file).real, held);
}
int file_control(sqlite3_file* file, int operation, void* argument) {
  return below(as_open(file)).xFileControl(as_open(file).real, operation, argument);
}
int sector_size(sqlite3_file* file) {
  return below(as_open(file)).xSectorSize(as_open(file).real);
}
int device_characteristics(sqlite3_file* file) {
  return below(as_open(file)).xDeviceCharacteristics(as_open(file).real);
}
int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** at) {
  return below(as_open(file)).xShmMap(as_open(file).real, region, size, extend, at);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return below(as_open(file)).xShmLock(as_open(file).real, offset, count, flags);
}
void shm_barrier(sqlite3_file* file) {
  below(as_open(file)).xShmBarrier(as_open(file).real);
}
int shm_unmap(sqlite3_file* file, int remove) {
  return below(as_open(file)).xShmUnmap(as_open(file).real, remove);
}
int fetch(sqlite3_file* file, sqlite3_int64 offset, int size, void** at) {
  return below(as_open(file)).xFetch(as_open(file).real, offset, size, at);
}
int unfetch(sqlite3_file* file, sqlite3_int64 offset, void* at) {
  return below(as_open(file)).xUnfetch(as_open(file).real, offset, at);
}

constexpr sqlite3_io_methods methods{
    .iVersion = 3,
    .xClose = close,
    .xRead = read,
    .xWrite = write,
    .xTruncate = truncate,
    .xSync = sync,
    .xFileSize = file_size,
    .xLock = lock,
    .xUnlock = unlock,
    .xCheckReservedLock = check_reserved_lock,
    .xFileControl = file_control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = device_characteristics,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
    .xFetch = fetch,
    .xUnfetch = unfetch,
};

int open_plainly(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* file, int flags,
                 int* flags_out) {
  return below(vfs)->xOpen(below(vfs), name, file, flags, flags_out);
}

int open(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* flags_out) {
  FaultDisk* disk = name != nullptr ? FaultDisk::of(name) : nullptr;
  if (disk == nullptr) return open_plainly(vfs, name, file, flags, flags_out);
  OpenFile& opened = as_open(file);
  opened = {};
  const auto held = disk->lock();
  const bool is_new = !std::filesystem::exists(name);
  if (const auto fault =
          disk->befalls(DiskCall::open, is_new && (flags & SQLITE_OPEN_CREATE) != 0)) {
    errno = number_of(*fault);
    return SQLITE_CANTOPEN;
  }
  FaultDisk::File& on_disk = disk->opened(name);
  opened.disk = disk;
  opened.file = &on_disk;
  opened.real = reinterpret_cast<sqlite3_file*>(&opened + 1);
  // Whether it is there already or not: as the layer below does it.
  opened.with_folder = (flags & SQLITE_OPEN_CREATE) != 0 &&
                       (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
  opened.real->pMethods = nullptr;
  const int code = below(vfs)->xOpen(below(vfs), name, opened.real, flags, flags_out);
  if (code == SQLITE_OK) opened.base.pMethods = &methods;  // else it is never closed
  return code;
}

int remove(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  FaultDisk* disk = FaultDisk::of(name);
  if (disk == nullptr) return below(vfs)->xDelete(below(vfs), name, sync_folder);
  const auto held = disk->lock();
  if (!std::filesystem::exists(name)) return SQLITE_IOERR_DELETE_NOENT;
  if (disk->befalls(DiskCall::remove)) return SQLITE_IOERR_DELETE;
  disk->remove(name, sync_folder != 0);
  return below(vfs)->xDelete(below(vfs), name, 0);
}

int access(sqlite3_vfs* vfs, const char* name, int flags, int* found) {
  FaultDisk* disk = FaultDisk::of(name);
  if (disk != nullptr) {
    const auto held = disk->lock();
    if (disk->befalls(DiskCall::look)) return SQLITE_IOERR_ACCESS;
  }
  return below(vfs)->xAccess(below(vfs), name, flags, found);
}

int full_pathname(sqlite3_vfs* vfs, const char* name, int size, char* path) {
  return below(vfs)->xFullPathname(below(vfs), name, size, path);
}
int randomness(sqlite3_vfs* vfs, int size, char* bytes) {
  return below(vfs)->xRandomness(below(vfs), size, bytes);
}
/// For a lock that another thread has.
int sleep(sqlite3_vfs* vfs, int microseconds) {
  return below(vfs)->xSleep(below(vfs), microseconds);
}
int current_time(sqlite3_vfs* vfs, double* time) {
  return below(vfs)->xCurrentTime(below(vfs), time);
}
int current_time_ms(sqlite3_vfs* vfs, sqlite3_int64* time) {
  return below(vfs)->xCurrentTimeInt64(below(vfs), time);
}
int last_error(sqlite3_vfs* vfs, int size, char* text) {
  return below(vfs)->xGetLastError(below(vfs), size, text);
}

sqlite3_vfs make_layer(sqlite3_vfs* real) {
  sqlite3_vfs layer{};
  layer.iVersion = 2;
  layer.szOsFile = static_cast<int>(sizeof(OpenFile)) + real->szOsFile;
  layer.mxPathname = real->mxPathname;
  layer.zName = real->zName;
  layer.pAppData = real;
  layer.xOpen = open;
  layer.xDelete = remove;
  layer.xAccess = access;
  layer.xFullPathname = full_pathname;
  layer.xRandomness = randomness;
  layer.xSleep = sleep;
  layer.xCurrentTime = current_time;
  layer.xCurrentTimeInt64 = current_time_ms;
  layer.xGetLastError = last_error;
  return layer;
}

/// Under the same name, so that the product opens as it does.
bool stand_before(const char* name, bool is_default) {
  sqlite3_vfs* real = sqlite3_vfs_find(name);
  if (real == nullptr) throw std::runtime_error(std::string("SQLite has no ") + name);
  auto* layer = new sqlite3_vfs(make_layer(real));  // NOLINT: SQLite keeps it for ever
  sqlite3_vfs_unregister(real);
  return sqlite3_vfs_register(layer, is_default ? 1 : 0) == SQLITE_OK;
}

}  // namespace

void install_fault_vfs() {
  [[maybe_unused]] static const bool installed =
      stand_before("unix-excl", false) && stand_before("unix", true);
}

}  // namespace gatehouse::store
