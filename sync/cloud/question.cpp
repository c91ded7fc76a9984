#include "sync/cloud/question.hpp"

#include <chrono>
#include <utility>

#include "sync/transport/url.hpp"

namespace gatehouse::sync {
namespace {

constexpr std::size_t answer_max_bytes = 64 * 1024;

}  // namespace

CloudQuestions::CloudQuestions(CloudOptions options, Transport& transport, const Clock& clock)
    : options_(std::move(options)), transport_(transport), clock_(clock) {}

void CloudQuestions::ask(Question question) {
  const auto left = std::chrono::floor<milliseconds>(question.deadline - clock_.steady());
  const bool may_ask = !stopped_ && !options_.url.empty() && !options_.lacks_keys();
  if (!may_ask || left.count() <= 0 || open_.size() >= open_max) {
    return question.done(std::nullopt);
  }
  Request request;
  request.method = "POST";
  request.url = join_url(options_.url, question.path);
  request.headers = {{"Content-Type", "application/json"}};
  request.body = std::move(question.body);
  request.timeout = left;
  request.answer_max_bytes = answer_max_bytes;
  request.login = options_.login;
  request.signing = options_.signing;
  const auto number = ++last_number_;
  const auto id = transport_.start(std::move(request),
                                   [this, number](const Reply& reply) { on_reply(number, reply); });
  open_.emplace(number, Open{id, std::move(question.done)});
}

void CloudQuestions::on_reply(std::uint64_t number, const Reply& reply) {
  auto question = open_.extract(number);
  if (question.empty()) return;
  const bool answered = reply.sent == Sent::answered && reply.status == 200;
  question.mapped().done(answered ? std::optional(reply.body) : std::nullopt);
}

void CloudQuestions::give_up() {
  for (auto& [number, question] : std::exchange(open_, {})) {
    transport_.cancel(question.request);
    question.done(std::nullopt);
  }
}

}  // namespace gatehouse::sync
