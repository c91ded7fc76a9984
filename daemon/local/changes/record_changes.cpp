#include "daemon/local/changes/record_changes.hpp"

#include <nlohmann/json.hpp>

#include "daemon/local/changes/when_sent.hpp"
#include "daemon/local/request/answers.hpp"
#include "store/values/result.hpp"
#include "store/values/whole_number.hpp"

namespace gatehouse::local {

using boost::asio::awaitable;
namespace {

/// That it is due, and what keeps it back all the same, as far as it can be read.
nlohmann::ordered_json due_json(const ChangeContext& context, std::int64_t delivery_id) {
  nlohmann::ordered_json json{{"id", delivery_id}, {"outcome", "due"}};
  const auto place = context.ledger.reader().place(delivery_id);
  if (!place || !*place) return json;
  const bool others_wait = context.ledger.recent_counts().counts.pending > 1;
  const auto sent = when_sent((*place)->kind, (*place)->behind, others_wait, context.facts().sync);
  json["when"] = sent.when;
  json["whenText"] = sent.text;
  return json;
}

}  // namespace

awaitable<http::Answer> retry_record(ChangeContext context, std::string id) {
  const auto known = whole_number(id);
  if (!known) co_return error_answer(400, "the id of a record is a whole number");
  const std::int64_t delivery_id = *known;
  // Here, and not by the ledger thread, whose transaction would be lost by a look at a bad page.
  if (const auto whole = context.ledger.reader().check(delivery_id); !whole) {
    co_return error_answer(whole.error().remedy == Remedy::repair ? 409 : 503,
                           "it is damaged and cannot be sent: " + whole.error().message);
  }
  std::move_only_function<Result<bool>(store::Ledger&)> work =
      [delivery_id, at = context.clock.wall()](store::Ledger& into) {
        return into.retry(delivery_id, at);
      };
  auto commit = context.ledger.commit<bool>(std::move(work));
  const auto done = co_await std::move(commit);
  if (!done) co_return error_answer(done.error());
  if (!*done) {
    co_return error_answer(
        404,
        "no such record, it was delivered or withdrawn, or it is a refund of more "
        "than the remaining captured amount");
  }
  co_return json_answer(due_json(context, delivery_id));
}

}  // namespace gatehouse::local
