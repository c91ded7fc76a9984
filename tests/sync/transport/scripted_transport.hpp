#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <utility>

#include "store/values/time.hpp"
#include "sync/transport/transport.hpp"

namespace gatehouse::sync {

/// Time that moves when the test says so.
class ManualClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall() const override { return wall_; }
  [[nodiscard]] SteadyTime steady() const override { return steady_; }
  void advance(milliseconds by) {
    wall_ += by;
    steady_ += by;
  }
  void step(milliseconds by) { wall_ += by; }

 private:
  WallTime wall_ = from_unix_ms(1'800'000'000'000);
  SteadyTime steady_{std::chrono::hours{1}};
};

/// Keeps requests until the test answers them.
class ScriptedTransport final : public Transport {
 public:
  std::uint64_t start(Request request, Done done) override {
    waiting_.push_back({++last_id_, std::move(request), std::move(done)});
    return last_id_;
  }
  void cancel(std::uint64_t id) override {
    std::erase_if(waiting_, [id](const Waiting& waiting) { return waiting.id == id; });
  }

  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
  /// The oldest request that waits for its answer.
  [[nodiscard]] const Request& request() const { return waiting_.front().request; }
  void reply(Reply reply) {
    ASSERT_FALSE(waiting_.empty()) << "nothing was asked";
    auto waiting = std::move(waiting_.front());
    waiting_.pop_front();
    waiting.done(std::move(reply));
  }
  void answer(int status, std::string body = "") {
    Reply reply_now;
    reply_now.sent = Sent::answered;
    reply_now.status = status;
    reply_now.body = std::move(body);
    reply(std::move(reply_now));
  }

 private:
  struct Waiting {
    std::uint64_t id = 0;
    Request request;
    Done done;
  };
  std::deque<Waiting> waiting_;
  std::uint64_t last_id_ = 0;
};

}  // namespace gatehouse::sync
