// Preloaded into gatehoused: every fdatasync, fsync and pwrite is held while the file that
// TEST_HOLD_DISK names exists, as a flash chip does that tidies itself up.
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

namespace {

void wait_while_held() {
  const char* file = std::getenv("TEST_HOLD_DISK");
  while (file != nullptr && ::access(file, F_OK) == 0) {
    const timespec moment{0, 5'000'000};
    ::nanosleep(&moment, nullptr);
  }
}

int next(const char* name, int descriptor) {
  wait_while_held();
  return reinterpret_cast<int (*)(int)>(::dlsym(RTLD_NEXT, name))(descriptor);
}

}  // namespace

extern "C" int fdatasync(int descriptor) {
  return next("fdatasync", descriptor);
}

extern "C" ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t offset) {
  wait_while_held();
  using Function = ssize_t (*)(int, const void*, size_t, off_t);
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "pwrite"))(descriptor, bytes, size, offset);
}

extern "C" ssize_t pwrite64(int descriptor, const void* bytes, size_t size, off64_t offset) {
  return pwrite(descriptor, bytes, size, offset);
}

extern "C" int fsync(int descriptor) {
  return next("fsync", descriptor);
}
