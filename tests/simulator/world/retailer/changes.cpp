#include "tests/simulator/world/retailer/changes.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "tests/simulator/text.hpp"
#include "tests/simulator/world/answers.hpp"

namespace gatehouse::simulator {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

constexpr milliseconds longest_wait{60'000};
constexpr std::size_t limit_max = 100'000;

struct Query {
  std::uint64_t since = 0;
  std::size_t limit = limit_max;
  bool include_docs = false;
  bool longpoll = false;
  milliseconds timeout = longest_wait;
};

std::optional<std::uint64_t> read_number(std::string_view target, std::string_view name,
                                         std::uint64_t otherwise) {
  const auto text = query_parameter(target, name);
  if (text.empty()) return otherwise;
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  if (std::from_chars(text.data(), end, number).ptr != end) return std::nullopt;
  return number;
}

Result<Query> read_query(std::string_view target, const Feed& feed) {
  auto since = feed.sequence_of(query_parameter(target, "since"));
  if (!since) return propagate(std::move(since));
  const auto kind = query_parameter(target, "feed");
  if (!kind.empty() && kind != "normal" && kind != "longpoll") {
    return failure(Remedy::reject, "Supported `feed` types: normal, longpoll");
  }
  const auto limit = read_number(target, "limit", limit_max);
  const auto timeout = read_number(target, "timeout", 60'000);
  if (!limit || !timeout) return failure(Remedy::reject, "limit and timeout must be integers");
  return Query{.since = *since,
               .limit = std::min<std::size_t>(std::max<std::size_t>(*limit, 1), limit_max),
               .include_docs = query_parameter(target, "include_docs") == "true",
               .longpoll = kind == "longpoll",
               .timeout = std::min(milliseconds(*timeout), longest_wait)};
}

}  // namespace

asio::awaitable<http::Answer> Changes::answer(const http::Request& request) {
  auto query = read_query(request.target, feed_);
  if (!query) {
    co_return json_answer(400, {{"error", "bad_request"}, {"reason", query.error().message}});
  }
  if (query->longpoll && feed_.last_sequence() <= query->since) {
    auto waited = wait(query->timeout);
    co_await std::move(waited);
  }
  auto page = feed_.changes(query->since, query->limit, query->include_docs);
  co_return text_answer(200, std::move(page.json));
}

asio::awaitable<void> Changes::wait(milliseconds longest) {
  std::erase_if(waiting_, [](const auto& timer) { return timer.expired(); });
  auto timer = std::make_shared<asio::steady_timer>(loop_, longest);
  waiting_.push_back(timer);
  boost::system::error_code woken;
  co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, woken));
}

void Changes::wake() {
  for (const auto& waiting : waiting_) {
    if (const auto timer = waiting.lock()) timer->cancel();
  }
  waiting_.clear();
}

}  // namespace gatehouse::simulator
