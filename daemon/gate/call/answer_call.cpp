#include "daemon/gate/call/answer_call.hpp"

#include <optional>
#include <string>
#include <utility>

#include "daemon/gate/call/call_context.hpp"
#include "daemon/gate/call/connector.hpp"
#include "daemon/gate/call/gate_options.hpp"
#include "daemon/gate/request/call_ids.hpp"
#include "daemon/loop/commit.hpp"
#include "daemon/loop/handover.hpp"

namespace gatehouse::gate {
namespace {

using boost::asio::awaitable;

/// nullopt: no 200 within gate.ask_cloud_deadline.
awaitable<std::optional<std::string>> ask_cloud(const CallContext& context, std::string_view path,
                                                std::string_view body) {
  using CloudAnswer = std::optional<std::string>;
  const milliseconds deadline = context.options.ask_cloud_deadline;
  const auto handover = std::make_shared<loop::Handover<CloudAnswer>>(context.loop);
  context.lookup.ask_cloud(path, body, deadline, handover->sender());
  std::optional<CloudAnswer> answer = co_await handover->receive(deadline);
  co_return answer ? std::move(*answer) : std::nullopt;
}

void pass_on(std::optional<std::string> answer, DocumentParser& parser, Resolution& resolution) {
  if (!answer || !resolution.question->fits(parser, *answer)) return;
  resolution.counted = resolution.question->counted;
  resolution.answer = {.status = 200, .body = std::move(*answer)};
}

void refuse(const CallContext& context, const Route& route, const Resolution& resolution,
            SteadyTime now) {
  context.observer.request_refused(resolution.answer.status);
  context.log.record({route.path, {}, resolution.answer.status, {}, resolution.reason}, now);
}

}  // namespace

awaitable<http::Answer> answer_call(std::shared_ptr<const CallContext> context, ConnectorId id,
                                    Connector& connector, const http::Request& request) {
  const Route& route = route_of(id);
  const SteadyTime began = context->clock.steady();
  Resolution resolution = connector.resolve({request.body, request.peer_address, began});
  if (!resolution.counted) {
    refuse(*context, route, resolution, began);
    co_return std::move(resolution.answer);
  }
  const CallIds ids = call_ids(context->parser);
  if (resolution.question) {
    auto asking = ask_cloud(*context, route.path, request.body);
    std::optional<std::string> answer = co_await std::move(asking);
    pass_on(std::move(answer), context->parser, resolution);
  } else if (resolution.recording) {
    auto recording = loop::committed<store::CartReceipt>(
        context->loop, context->ledger, cart_wait_max, std::move(resolution.recording->work));
    const Result<store::CartReceipt> receipt = co_await std::move(recording);
    resolution = resolution.recording->finish(receipt, ids);
  }
  const SteadyTime ended = context->clock.steady();
  const std::size_t counted = resolution.counted->place();
  context->observer.call_answered(id, counted, ended - began);
  context->log.record({route.path, ids, resolution.answer.status, ended - began,
                       resolution.reason.empty() ? route.names.words[counted] : resolution.reason},
                      ended);
  co_return std::move(resolution.answer);
}

}  // namespace gatehouse::gate
