#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sync/credentials/child_process.hpp"

namespace gatehouse::sync {

/// Runs one program at a time beside the sync thread. Used from the sync thread alone.
class ProcessRunner {
 public:
  using Done = std::move_only_function<void(Result<std::string>)>;
  virtual ~ProcessRunner() = default;
  /// `done` is called once, later, on the sync thread: what run_process() gave. The run before is
  /// cancelled.
  virtual void start(std::vector<std::string> command, Done done) = 0;
  /// Kills the program that runs; its `done` is never called.
  virtual void cancel() = 0;
};

/// Each run on a thread of its own that lives no longer than the program: neither a program that
/// hangs nor its start can hold the sync thread.
class ProcessThread final : public ProcessRunner {
 public:
  /// `post` hands a task to the sync thread. Thread-safe, and outlives this.
  using Post = std::function<void(std::move_only_function<void()>)>;
  explicit ProcessThread(Post post, ProcessLimits limits = {});
  ~ProcessThread() override;

  void start(std::vector<std::string> command, Done done) override;
  void cancel() override;

 private:
  struct Run;
  Post post_;
  ProcessLimits limits_;
  std::shared_ptr<Run> run_;
};

}  // namespace gatehouse::sync
