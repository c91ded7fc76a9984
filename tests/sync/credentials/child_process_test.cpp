// Real programs: good ones, and those that hang, flood and fail.
#include "sync/credentials/child_process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <condition_variable>
#include <fstream>
#include <mutex>
#include <optional>

#include "sync/credentials/process_runner.hpp"
#include "tests/child/child.hpp"

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using testing::HasSubstr;
using testing::Not;

Result<std::string> run_shell(const std::string& script, ProcessLimits limits = {}) {
  return run_process({"/bin/sh", "-c", script}, limits, -1);
}
std::string error(const Result<std::string>& result) {
  EXPECT_FALSE(result.has_value());
  return result ? "" : result.error().message;
}

TEST(ChildProcess, GivesWhatItPrinted) {
  EXPECT_EQ(run_shell("echo one; echo two >&2; echo three"), "one\nthree\n");
  EXPECT_EQ(run_shell("cat"), "") << "stdin is not empty";
  EXPECT_EQ(run_shell("head -c 65536 /dev/zero").value().size(), 65536U);
}

TEST(ChildProcess, GetsItsArgumentsAsTheyStand) {
  EXPECT_EQ(run_process({"/usr/bin/printf", "%s|", "a b", "$HOME", "'", ""}, {}, -1),
            "a b|$HOME|'||");
}

TEST(ChildProcess, InheritsNoFileOfOurs) {
  const int leaked = ::dup(STDIN_FILENO);                               // without close-on-exec
  EXPECT_EQ(run_shell("ls /proc/self/fd | tr '\\n' ' '"), "0 1 2 3 ");  // 3: ls's own
  ::close(leaked);
}

TEST(ChildProcess, ThatFailsIsAnErrorWithItsStatusAndNoneOfItsWords) {
  const auto failed = error(run_shell("echo hunter2; echo hunter2 >&2; exit 3"));
  EXPECT_THAT(failed, HasSubstr("exited with status 3"));
  EXPECT_THAT(failed, Not(HasSubstr("hunter2")));
  EXPECT_THAT(error(run_shell("kill -9 $$")), HasSubstr("ended by signal 9"));
  EXPECT_THAT(error(run_process({"/nowhere/helper"}, {}, -1)),
              HasSubstr("cannot be started: No such file"));
  EXPECT_THAT(error(run_process({"/etc/passwd"}, {}, -1)), HasSubstr("Permission denied"));
  EXPECT_THAT(error(run_process({"sh"}, {}, -1)), HasSubstr("absolute path"));
  EXPECT_THAT(error(run_process({}, {}, -1)), HasSubstr("absolute path"));
}

TEST(ChildProcess, ThatHangsIsKilledWithAllThatItStarted) {
  const child::TemporaryFolder folder;
  const auto pids = (folder.path() / "pids").string();
  const auto begin = steady_clock::now();
  // The pipe is held by a child of the child, too.
  const auto hung =
      error(run_shell("sleep 600 & echo $$ $! > " + pids + "; sleep 600", {.deadline = 300ms}));
  EXPECT_THAT(hung, HasSubstr("did not end within 300 ms"));
  EXPECT_LT(steady_clock::now() - begin, 10s);
  std::ifstream in(pids);
  for (pid_t pid = 0; in >> pid;) {
    const auto gone = [pid] {  // gone, or a zombie that nobody waits for in this container
      std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
      const std::string text(std::istreambuf_iterator<char>(stat), {});
      return text.empty() || text.contains(") Z ");
    };
    const auto deadline = steady_clock::now() + 10s;
    while (!gone() && steady_clock::now() < deadline) child::pause();
    EXPECT_TRUE(gone()) << pid;
  }
}

TEST(ChildProcess, ThatLeavesSomethingBehindIsDoneAllTheSame) {
  EXPECT_EQ(run_shell("sleep 600 & echo keys"), "keys\n");
}

TEST(ChildProcess, ThatPrintsTooMuchIsKilled) {
  EXPECT_THAT(error(run_shell("head -c 65537 /dev/zero")), HasSubstr("more than 65536 bytes"));
  EXPECT_THAT(error(run_shell("yes hunter2")), HasSubstr("printed more than"));
}

TEST(ChildProcess, IsKilledWhenTheDaemonStops) {
  const int stop = ::eventfd(1, EFD_CLOEXEC);
  EXPECT_THAT(error(run_process({"/bin/sleep", "600"}, {}, stop)), HasSubstr("the daemon stops"));
  ::close(stop);
}

/// The sync thread's inbox.
class Posted {
 public:
  ProcessThread::Post post() {
    return [this](std::move_only_function<void()> task) {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
      came_.notify_one();
    };
  }
  /// Waits for a task and runs it here. False: none came in 10 s.
  bool run_one() {
    std::unique_lock lock(mutex_);
    if (!came_.wait_for(lock, 10s, [this] { return !tasks_.empty(); })) return false;
    auto task = std::move(tasks_.front());
    tasks_.erase(tasks_.begin());
    lock.unlock();
    task();
    return true;
  }

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<std::move_only_function<void()>> tasks_;
};

TEST(ProcessThread, AnswersOnTheThreadThatRunsItsTasks) {
  Posted posted;
  ProcessThread processes(posted.post());
  std::optional<Result<std::string>> answer;
  processes.start({"/bin/echo", "keys"}, [&](Result<std::string> got) { answer = std::move(got); });
  EXPECT_FALSE(answer);
  ASSERT_TRUE(posted.run_one());
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->value(), "keys\n");
}

TEST(ProcessThread, CancelledKillsItsProgramAtOnceAndSaysNothing) {
  Posted posted;
  ProcessThread processes(posted.post());
  bool answered = false;
  const auto begin = steady_clock::now();
  processes.start({"/bin/sleep", "600"}, [&](const auto&) { answered = true; });
  processes.cancel();
  EXPECT_LT(steady_clock::now() - begin, 10s);
  ASSERT_TRUE(posted.run_one()) << "its answer waited in the inbox";
  EXPECT_FALSE(answered);
  processes.start({"/bin/sleep", "600"}, [&](const auto&) { answered = true; });
}  // and the destructor does not wait for it either

}  // namespace
}  // namespace gatehouse::sync
