#include "sync/credentials/process_runner.hpp"

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <system_error>
#include <thread>
#include <utility>

namespace gatehouse::sync {

struct ProcessThread::Run {
  Run() : stop_fd(::eventfd(0, EFD_CLOEXEC)) {}
  ~Run() {
    if (stop_fd >= 0) ::close(stop_fd);
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  int stop_fd;
  bool cancelled = false;  ///< sync thread only: its answer may be waiting in the inbox already
  Done done;
  std::thread thread;
};

ProcessThread::ProcessThread(Post post, ProcessLimits limits)
    : post_(std::move(post)), limits_(limits) {}

ProcessThread::~ProcessThread() {
  cancel();
}

void ProcessThread::start(std::vector<std::string> command, Done done) {
  cancel();
  run_ = std::make_shared<Run>();
  run_->done = std::move(done);
  const auto answer = [post = post_](const std::shared_ptr<Run>& run, Result<std::string> result) {
    post([run, result = std::move(result)]() mutable {
      if (!run->cancelled) run->done(std::move(result));
    });
  };
  try {
    // It holds its Run weakly: the last owner joins the thread, so it must not be the thread.
    run_->thread = std::thread([answer, run = std::weak_ptr(run_), stop_fd = run_->stop_fd,
                                limits = limits_, command = std::move(command)] {
      pthread_setname_np(pthread_self(), "credentials");
      auto result = run_process(command, limits, stop_fd);
      if (const auto alive = run.lock()) answer(alive, std::move(result));
    });
  } catch (const std::system_error&) {
    answer(run_, failure(Remedy::retry, "cannot be started: no thread for it"));
  }
}

void ProcessThread::cancel() {
  if (!run_) return;
  run_->cancelled = true;
  const std::uint64_t one = 1;
  (void)!::write(run_->stop_fd, &one, sizeof one);
  if (run_->thread.joinable()) run_->thread.join();
  run_.reset();
}

}  // namespace gatehouse::sync
