#pragma once

#include <condition_variable>
#include <mutex>

// std::mutex with the annotations that clang's -Wthread-safety checks: what is GUARDED_BY a mutex
// is not touched without it. Other compilers see plain classes.
#if defined(__clang__)
#define GATEHOUSE_ANNOTATION(name) __attribute__((name))
#else
#define GATEHOUSE_ANNOTATION(name)
#endif
#define GUARDED_BY(mutex) GATEHOUSE_ANNOTATION(guarded_by(mutex))

namespace gatehouse {

class GATEHOUSE_ANNOTATION(capability("mutex")) Mutex {
 public:
  void lock() GATEHOUSE_ANNOTATION(acquire_capability()) { mutex_.lock(); }
  void unlock() GATEHOUSE_ANNOTATION(release_capability()) { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

class GATEHOUSE_ANNOTATION(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) GATEHOUSE_ANNOTATION(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() GATEHOUSE_ANNOTATION(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace gatehouse
