#include "daemon/local/changes/refused_changes.hpp"

#include <nlohmann/json.hpp>

#include "daemon/local/request/answers.hpp"
#include "daemon/local/request/request_body.hpp"
#include "daemon/local/view/record_json.hpp"
#include "daemon/log/log.hpp"
#include "store/values/printable.hpp"
#include "store/values/result.hpp"

namespace gatehouse::local {
namespace {

using boost::asio::awaitable;

http::Answer damaged_or_not_readable(const Error& error) {
  return error_answer(error.remedy == Remedy::repair ? 409 : 503,
                      "it is damaged, or cannot be read: " + error.message);
}

}  // namespace

awaitable<http::Answer> forward_refused(ChangeContext context, std::string id) {
  const auto known = refused_id_from(id);
  if (!known) co_return error_answer(400, "the id of a refused cart is r and a whole number");
  const std::int64_t cart_id = *known;
  // Here, and not by the ledger thread, whose transaction would be lost by a look at a bad page.
  if (const auto whole = context.ledger.reader().bytes_of_refused(cart_id); !whole) {
    co_return damaged_or_not_readable(whole.error());
  }
  std::move_only_function<Result<store::Forwarded>(store::Ledger&)> work =
      [cart_id, at = context.clock.wall()](store::Ledger& into) {
        return into.forward_refused(cart_id, at);
      };
  auto commit = context.ledger.commit<store::Forwarded>(std::move(work));
  const auto done = co_await std::move(commit);
  if (!done) co_return error_answer(done.error());
  if (done->outcome == store::Forwarded::Outcome::unknown) {
    co_return error_answer(404, "no such refused cart in the ledger of this box");
  }
  const bool recorded = done->outcome == store::Forwarded::Outcome::recorded;
  co_return json_answer({{"id", refused_id(cart_id)},
                         {"record", done->delivery_id},
                         {"outcome", recorded ? "recorded" : "identical"}});
}

awaitable<http::Answer> drop_refused(ChangeContext context, std::string id, std::string_view body) {
  const auto known = refused_id_from(id);
  if (!known) co_return error_answer(400, "the id of a refused cart is r and a whole number");
  const auto document = read_body(body);
  if (!document) co_return error_answer(document.error());
  const auto by = name_in(*document);
  if (!by) co_return error_answer(by.error());
  std::move_only_function<Result<store::Dropped>(store::Ledger&)> work =
      [cart_id = *known](store::Ledger& into) { return into.drop_refused(cart_id); };
  auto commit = context.ledger.commit<store::Dropped>(std::move(work));
  const auto done = co_await std::move(commit);
  if (!done) co_return error_answer(done.error());
  if (done->outcome == store::Dropped::Outcome::unknown) {
    co_return error_answer(404, "no such refused cart in the ledger of this box");
  }
  if (done->outcome == store::Dropped::Outcome::on_its_way) {
    co_return error_answer(
        409, "it is on its way to the cloud: drop it once it was delivered or set aside");
  }
  log::warn("a refused cart was dropped id={} tripId=\"{}\" by=\"{}\"", refused_id(*known),
            printable(done->trip_id, 64), printable(*by, by->size()));
  co_return json_answer(
      {{"id", refused_id(*known)}, {"tripId", done->trip_id}, {"outcome", "dropped"}});
}

http::Answer refused_bytes(const ChangeContext& context, const std::string& id) {
  const auto known = refused_id_from(id);
  if (!known) return error_answer(400, "the id of a refused cart is r and a whole number");
  auto bytes = context.ledger.reader().bytes_of_refused(*known);
  if (!bytes) return damaged_or_not_readable(bytes.error());
  if (bytes->empty()) return error_answer(404, "no such refused cart in the ledger of this box");
  http::Answer answer;
  answer.body = *std::move(bytes);
  answer.content_type = "application/octet-stream";
  answer.headers.emplace_back("Cache-Control", "no-store");
  return answer;
}

}  // namespace gatehouse::local
