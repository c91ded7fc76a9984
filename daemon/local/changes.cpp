// What the local API changes: through the ledger thread, so that it is on disk before the answer.
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <charconv>

#include "daemon/local/answers.hpp"
#include "daemon/local/local_state.hpp"

namespace gatehouse::local {
namespace {

using boost::asio::awaitable;
using Json = nlohmann::ordered_json;

constexpr std::string_view kChargeExpected = R"(expected {"amount":"15.99","code":"USD"})";

// One work that the ledger thread has, and the request that waits for it.
template <class T>
struct Waiting {
  explicit Waiting(boost::asio::io_context& loop) : timer(loop) {}
  boost::asio::steady_timer timer;
  std::optional<Result<T>> result;
};

// Everything of it on `loop`, apart from `work`.
template <class T>
awaitable<Result<T>> committed(boost::asio::io_context& loop, store::LedgerWriter& writer,
                               milliseconds deadline,
                               std::move_only_function<Result<T>(store::Ledger&)> work) {
  auto waiting = std::make_shared<Waiting<T>>(loop);
  waiting->timer.expires_after(deadline);
  std::move_only_function<void(Result<T>)> done = [waiting, &loop](Result<T> result) mutable {
    boost::asio::post(loop, [waiting = std::move(waiting), result = std::move(result)]() mutable {
      waiting->result.emplace(std::move(result));
      waiting->timer.cancel();
    });
  };
  if (!writer.submit<T>(std::move(work), std::move(done))) {
    co_return failure(Remedy::retry, "the ledger is busy or stopping: try again");
  }
  boost::system::error_code cancelled;
  auto token = boost::asio::redirect_error(boost::asio::use_awaitable, cancelled);
  co_await waiting->timer.async_wait(token);
  if (waiting->result) co_return std::move(*waiting->result);
  co_return failure(Remedy::retry, "the ledger did not commit in time; it may still be done");
}

Result<Money> parse_charge(std::string_view body) {
  const Json charge = Json::parse(body, nullptr, false);
  const std::string expected(kChargeExpected);
  if (!charge.is_object())
    return failure(Remedy::reject, "the body is no JSON object: " + expected);
  const auto amount = charge.find("amount");
  const auto code = charge.find("code");
  if (amount == charge.end() || !amount->is_string()) {
    return failure(Remedy::reject, "amount: a decimal in quotes; " + expected);
  }
  if (code == charge.end() || !code->is_string()) {
    return failure(Remedy::reject, "code: a currency in quotes; " + expected);
  }
  // That it is not negative is the ledger's rule.
  return parse_money(amount->get_ref<const std::string&>(), code->get_ref<const std::string&>());
}

http::Answer price_answer(store::PriceOutcome outcome, const std::string& trip_id) {
  switch (outcome) {
    case store::PriceOutcome::priced:
      return json_answer({{"tripId", trip_id}, {"outcome", "priced"}});
    case store::PriceOutcome::identical:
      return json_answer({{"tripId", trip_id}, {"outcome", "identical"}});
    case store::PriceOutcome::different:
      return error_answer(409, "another price is on record for this trip, and stands");
    case store::PriceOutcome::unknown:
      return error_answer(404, "no such trip in the ledger of this box");
    case store::PriceOutcome::not_priced:
      break;
  }
  return error_answer(409,
                      "this trip is not settled here: app entry, empty cart, or "
                      "jwo.settlement was none");
}

}  // namespace

awaitable<http::Answer> LocalApi::State::charge(std::string trip_id, std::string_view body) {
  auto money = parse_charge(body);
  if (!money) co_return error_answer(money.error());
  std::move_only_function<Result<store::PriceOutcome>(store::Ledger&)> work =
      [trip_id, money = std::move(*money), at = clock.wall()](store::Ledger& into) {
        return into.price(trip_id, money, at);
      };
  auto commit =
      committed<store::PriceOutcome>(loop, writer, options.commit_deadline, std::move(work));
  const auto outcome = co_await std::move(commit);
  if (!outcome) co_return error_answer(outcome.error());
  counted_at.reset();
  co_return price_answer(*outcome, trip_id);
}

awaitable<http::Answer> LocalApi::State::retry(std::string id) {
  std::int64_t delivery_id = 0;
  const auto [rest, error] = std::from_chars(id.data(), id.data() + id.size(), delivery_id);
  if (error != std::errc{} || rest != id.data() + id.size()) {
    co_return error_answer(400, "the id of a record is a whole number");
  }
  std::move_only_function<Result<bool>(store::Ledger&)> work =
      [delivery_id, at = clock.wall()](store::Ledger& into) { return into.retry(delivery_id, at); };
  auto commit = committed<bool>(loop, writer, options.commit_deadline, std::move(work));
  const auto done = co_await std::move(commit);
  if (!done) co_return error_answer(done.error());
  counted_at.reset();
  if (!*done) co_return error_answer(404, "no such record, or it was delivered already");
  co_return json_answer({{"id", delivery_id}, {"outcome", "due"}});
}

awaitable<http::Answer> LocalApi::State::change(Action action, std::string argument,
                                                std::string_view body) {
  if (action == Action::charge) return charge(std::move(argument), body);
  return retry(std::move(argument));
}

}  // namespace gatehouse::local
