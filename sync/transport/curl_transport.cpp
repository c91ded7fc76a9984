#include "sync/transport/curl_transport.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <unordered_map>

#include "sync/transport/curl_transfer.hpp"
#include "sync/transport/curl_transport_rules.hpp"

namespace gatehouse::sync {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t idle_handles_max = 32;
constexpr long idle_connections_max = 32;
/// Answers are handed out for so long at a time. One of 2 MiB is parsed in some 20 ms, and hundreds
/// may come at once.
constexpr milliseconds answers_time_max{50};

struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
using Multi = std::unique_ptr<CURLM, FreeMulti>;

struct Ended {
  std::uint64_t id = 0;
  Transport::Done done;
  Reply reply;
};

}  // namespace

struct CurlTransport::State {
  CurlTransportOptions options;
  // Destroyed last: curl wants its easy handles taken out and freed before.
  Multi multi;
  std::vector<Easy> idle;
  std::unordered_map<std::uint64_t, std::unique_ptr<Transfer>> transfers;
  std::deque<Ended> ended;  ///< whose `done` is still to be called
  std::uint64_t last_id = 0;

  ~State() {
    for (const auto& [id, transfer] : transfers) {
      curl_multi_remove_handle(multi.get(), transfer->easy.get());
    }
  }
  /// '' or why it could not begin.
  std::string begin(std::unique_ptr<Transfer> transfer);
  Easy take_handle();
  /// Out of the multi handle and of `transfers`; its easy handle is kept for the next request, with
  /// its TLS sessions.
  std::unique_ptr<Transfer> take_out(std::uint64_t id);
  void collect();
};

Easy CurlTransport::State::take_handle() {
  if (idle.empty()) return Easy{curl_easy_init()};
  Easy easy = std::move(idle.back());
  idle.pop_back();
  return easy;
}

std::string CurlTransport::State::begin(std::unique_ptr<Transfer> transfer) {
  if (auto reason = refusal(transfer->request); !reason.empty()) return reason;
  if (transfers.size() >= options.in_flight_max) {
    return fmt::format("{} requests are in flight already, the most there may be",
                       options.in_flight_max);
  }
  transfer->easy = take_handle();
  if (!transfer->easy) return "no memory for another request";
  const ConnectionTimes times{options.connect_timeout, options.connection_life_max,
                              options.name_life_max};
  if (const auto code = set_up(*transfer, times); code != CURLE_OK) {
    return error_text(*transfer, code);
  }
  if (const auto code = curl_multi_add_handle(multi.get(), transfer->easy.get());
      code != CURLM_OK) {
    return curl_multi_strerror(code);
  }
  const auto id = transfer->id;
  transfers.emplace(id, std::move(transfer));
  return {};
}

std::unique_ptr<Transfer> CurlTransport::State::take_out(std::uint64_t id) {
  const auto found = transfers.find(id);
  if (found == transfers.end()) return nullptr;
  auto transfer = std::move(found->second);
  transfers.erase(found);
  curl_multi_remove_handle(multi.get(), transfer->easy.get());
  return transfer;
}

void CurlTransport::State::collect() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    void* context = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &context);
    auto& transfer = *static_cast<Transfer*>(context);
    conclude(transfer, message->data.result);
    auto owned = take_out(transfer.id);
    ended.push_back({owned->id, std::move(owned->done), std::move(owned->reply)});
    if (idle.size() < idle_handles_max) {
      curl_easy_reset(owned->easy.get());
      idle.push_back(std::move(owned->easy));
    }
  }
}

Result<std::unique_ptr<CurlTransport>> CurlTransport::open(CurlTransportOptions options) {
  if (!initialise_libcurl()) return failure(Remedy::repair, "libcurl cannot be initialised");
  auto state = std::make_unique<State>();
  state->options = options;
  state->multi.reset(curl_multi_init());
  if (!state->multi) return failure(Remedy::retry, "libcurl has no memory for a transport");
  curl_multi_setopt(state->multi.get(), CURLMOPT_MAXCONNECTS, idle_connections_max);
  return std::unique_ptr<CurlTransport>(new CurlTransport(std::move(state)));
}

CurlTransport::CurlTransport(std::unique_ptr<State> state) : state_(std::move(state)) {}
CurlTransport::~CurlTransport() = default;

std::uint64_t CurlTransport::start(Request request, Done done) {
  const auto id = ++state_->last_id;
  auto transfer = std::make_unique<Transfer>();
  transfer->id = id;
  transfer->request = std::move(request);
  transfer->done = done;
  if (auto reason = state_->begin(std::move(transfer)); !reason.empty()) {
    Reply reply;
    reply.error = std::move(reason);
    state_->ended.push_back({id, std::move(done), std::move(reply)});
  }
  return id;
}

void CurlTransport::cancel(std::uint64_t id) {
  if (state_->take_out(id) == nullptr) {
    std::erase_if(state_->ended, [id](const Ended& ended) { return ended.id == id; });
  }
}

void CurlTransport::allow_in_flight(std::size_t in_flight_max) {
  state_->options.in_flight_max = std::max(state_->options.in_flight_max, in_flight_max);
}

void CurlTransport::poll(milliseconds wait_max) {
  const auto wait = state_->ended.empty() ? std::max(wait_max, milliseconds{0}) : milliseconds{0};
  curl_multi_poll(state_->multi.get(), nullptr, 0, static_cast<int>(wait.count()), nullptr);
  int running = 0;
  curl_multi_perform(state_->multi.get(), &running);
  state_->collect();
  const auto began = std::chrono::steady_clock::now();
  // Only what has ended by now: a `done` that starts the next bad request must not keep us here.
  // The rest of what takes long comes with the next poll: others have their turn, and a stop is
  // heard.
  for (auto left = state_->ended.size(); left > 0 && !state_->ended.empty(); --left) {
    if (std::chrono::steady_clock::now() - began >= answers_time_max) return;
    Ended ended = std::move(state_->ended.front());
    state_->ended.pop_front();
    ended.done(std::move(ended.reply));
  }
}

void CurlTransport::wake() noexcept {
  curl_multi_wakeup(state_->multi.get());
}

std::size_t CurlTransport::in_flight() const noexcept {
  return state_->transfers.size();
}

}  // namespace gatehouse::sync
