#include "tests/sync/simulation/network.hpp"

#include <algorithm>
#include <memory>

namespace gatehouse::sync::simulation {

Reply answer(int status, std::string body) {
  Reply reply;
  reply.sent = Sent::answered;
  reply.status = status;
  reply.body = std::move(body);
  return reply;
}

Reply not_sent() {
  Reply reply;
  reply.sent = Sent::no;
  reply.error = "connection refused";
  return reply;
}

Reply no_answer() {
  Reply reply;
  reply.sent = Sent::maybe;
  reply.error = "timed out";
  return reply;
}

Network::Network(Schedule& schedule, Server server, Fates fates)
    : schedule_(schedule), server_(std::move(server)), fates_(std::move(fates)) {}

std::uint64_t Network::start(Request request, Done done) {
  const auto id = ++last_id_;
  open_.insert(id);
  most_in_flight_ = std::max(most_in_flight_, open_.size());
  const Fate fate = fates_(request);
  const auto reply = std::make_shared<Reply>(fate.reply.value_or(no_answer()));
  if (fate.arrives_again_after) {
    schedule_.after_unnoticed(*fate.arrives_again_after,
                              [this, again = request] { (void)server_(again); });
  }
  if (fate.arrives_after) {
    schedule_.after_unnoticed(*fate.arrives_after, [this, reply, replaced = fate.reply.has_value(),
                                                    sent = std::move(request)] {
      auto answered = server_(sent);
      if (!replaced) *reply = std::move(answered);
    });
  }
  schedule_.after(fate.replied_after, [this, id, reply, finish = std::move(done)] {
    if (open_.erase(id) == 1) finish(*reply);
  });
  return id;
}

}  // namespace gatehouse::sync::simulation
