#include "tests/store/sqlite/faulty_disk.hpp"

#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>

using gatehouse::store::FaultyDisk;

extern "C" ssize_t pwrite64(int descriptor, const void* bytes, size_t size, off64_t offset) {
  if (FaultyDisk::full) {
    ++FaultyDisk::failures;
    errno = ENOSPC;
    return -1;
  }
  return ::syscall(SYS_pwrite64, descriptor, bytes, size, offset);
}

extern "C" int fdatasync(int descriptor) {
  if (FaultyDisk::sync_fails) {
    ++FaultyDisk::failures;
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_fdatasync, descriptor));
}
