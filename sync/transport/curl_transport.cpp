#include "sync/transport/curl_transport.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <unordered_map>

#include "store/values/version.hpp"
#include "sync/transport/curl_transport_rules.hpp"

namespace gatehouse::sync {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t idle_handles_max = 32;
constexpr long idle_connections_max = 32;
constexpr seconds retry_after_believed_max = std::chrono::hours{24};
// Below the 60 s after which common load balancers close an idle connection: fewer POSTs meet a
// connection that is just being closed.
constexpr long idle_connection_max_s = 50;

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;
using Multi = std::unique_ptr<CURLM, FreeMulti>;
using List = std::unique_ptr<curl_slist, FreeList>;

/// One request on its way. curl keeps pointers into it, so it stays where it is.
struct Transfer {
  std::uint64_t id = 0;
  Request request;
  Transport::Done done;
  Reply reply;
  List headers;
  std::array<char, CURL_ERROR_SIZE> error{};
  bool sending = false;    ///< curl was about to write the request on an open connection
  bool resending = false;  ///< and then once more
  bool head_complete = false;
  Easy easy;
};

struct Ended {
  std::uint64_t id = 0;
  Transport::Done done;
  Reply reply;
};

std::size_t receive(char* data, std::size_t, std::size_t size, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  std::string& body = transfer.reply.body;
  if (size > transfer.request.answer_max_bytes - body.size()) {
    transfer.reply.too_large = true;
    return CURL_WRITEFUNC_ERROR;
  }
  body.append(data, size);
  return size;
}

std::size_t receive_head(char* data, std::size_t, std::size_t size, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  const std::string_view line{data, size};
  if (line.starts_with("HTTP/")) transfer.head_complete = false;  // after a 1xx, another head comes
  if (line == "\r\n" || line == "\n") transfer.head_complete = true;
  return size;
}

int before_sending(void* context, char*, char*, int, int) {
  auto& transfer = *static_cast<Transfer*>(context);
  transfer.resending = transfer.sending;
  transfer.sending = true;
  const bool refuse = transfer.resending && transfer.request.method == "POST";
  return refuse ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/// Sets options one after the other and keeps the first error.
class Setup {
 public:
  explicit Setup(CURL* easy) : easy_(easy) {}
  template <class T>
  void set(CURLoption option, T value) {
    if (result_ == CURLE_OK) result_ = curl_easy_setopt(easy_, option, value);
  }
  void set_unless_empty(CURLoption option, const std::string& value) {
    if (!value.empty()) set(option, value.c_str());
  }
  [[nodiscard]] CURLcode result() const { return result_; }

 private:
  CURL* easy_;
  CURLcode result_ = CURLE_OK;
};

long at_least_1_ms(milliseconds time) {
  return static_cast<long>(std::max(time.count(), 1L));
}

void set_limits(Setup& setup, const Request& request, milliseconds connect_timeout) {
  setup.set(CURLOPT_NOSIGNAL, 1L);
  setup.set(CURLOPT_PROTOCOLS_STR, "http,https");
  setup.set(CURLOPT_FOLLOWLOCATION, 0L);
  // One request a connection: a broken one takes one request with it, not all of them.
  setup.set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  setup.set(CURLOPT_TIMEOUT_MS, at_least_1_ms(request.timeout));
  setup.set(CURLOPT_CONNECTTIMEOUT_MS, at_least_1_ms(std::min(request.timeout, connect_timeout)));
  setup.set(CURLOPT_MAXAGE_CONN, idle_connection_max_s);
  setup.set(CURLOPT_TCP_KEEPALIVE, 1L);
  // A name server that does not answer must not hold the loop when its request is given up.
  setup.set(CURLOPT_QUICK_EXIT, 1L);
}

void set_trust(Setup& setup, const Login& login) {
  setup.set_unless_empty(CURLOPT_SSLCERT, login.client_certificate_file);
  setup.set_unless_empty(CURLOPT_SSLKEY, login.client_key_file);
  // Beside the system's: those stay, as CURLOPT_CAPATH's default.
  setup.set_unless_empty(CURLOPT_CAINFO, login.ca_file);
}

void set_login(Setup& setup, const Login& login) {
  if (!login.basic.empty()) {
    setup.set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    setup.set(CURLOPT_USERPWD, login.basic.c_str());
  } else if (!login.bearer.empty()) {
    setup.set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BEARER));
    setup.set(CURLOPT_XOAUTH2_BEARER, login.bearer.c_str());
  }
}

/// The one place that signs. What may be signed is decided in curl_transport_rules.
void set_signing(Setup& setup, const AwsSigning& signing) {
  const auto scope = fmt::format("aws:amz:{}:{}", signing.region, signing.service);
  setup.set(CURLOPT_AWS_SIGV4, scope.c_str());
  setup.set(CURLOPT_USERNAME, signing.access_key_id.c_str());
  setup.set(CURLOPT_PASSWORD, signing.secret_access_key.c_str());
}

/// False: no memory, and the transfer's list is incomplete.
bool make_headers(Transfer& transfer) {
  auto append = [&transfer](std::string_view name, std::string_view value) {
    auto* longer =
        curl_slist_append(transfer.headers.get(), fmt::format("{}: {}", name, value).c_str());
    if (longer == nullptr) return false;
    if (!transfer.headers) transfer.headers.reset(longer);  // later ones hang on the first
    return true;
  };
  for (const auto& [name, value] : transfer.request.headers) {
    if (!append(name, value)) return false;
  }
  const auto& signing = transfer.request.signing;
  // libcurl signs the token only when it is a header of the caller's.
  return !signing || signing->session_token.empty() ||
         append("X-Amz-Security-Token", signing->session_token);
}

CURLcode set_up(Transfer& transfer, milliseconds connect_timeout) {
  if (!make_headers(transfer)) return CURLE_OUT_OF_MEMORY;
  const Request& request = transfer.request;
  Setup setup(transfer.easy.get());
  set_limits(setup, request, connect_timeout);
  setup.set(CURLOPT_URL, request.url.c_str());
  setup.set(CURLOPT_USERAGENT, (std::string("gatehouse/") + program_version).c_str());
  setup.set(CURLOPT_HTTPHEADER, transfer.headers.get());
  setup.set(CURLOPT_ERRORBUFFER, transfer.error.data());
  setup.set(CURLOPT_PRIVATE, static_cast<void*>(&transfer));
  setup.set(CURLOPT_WRITEFUNCTION, &receive);
  setup.set(CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
  setup.set(CURLOPT_HEADERFUNCTION, &receive_head);
  setup.set(CURLOPT_HEADERDATA, static_cast<void*>(&transfer));
  setup.set(CURLOPT_PREREQFUNCTION, &before_sending);
  setup.set(CURLOPT_PREREQDATA, static_cast<void*>(&transfer));
  if (request.method == "POST") {
    setup.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    setup.set(CURLOPT_POSTFIELDS, request.body.c_str());
  }
  set_trust(setup, request.login);
  if (request.signing) {
    set_signing(setup, *request.signing);
  } else {
    set_login(setup, request.login);
  }
  return setup.result();
}

std::string error_text(const Transfer& transfer, CURLcode code) {
  if (transfer.reply.too_large) {
    return fmt::format("the answer is longer than {} bytes", transfer.request.answer_max_bytes);
  }
  if (code == CURLE_ABORTED_BY_CALLBACK && transfer.resending) {
    return "the connection broke before an answer came, and a POST is not repeated unasked";
  }
  const char* text = transfer.error[0] != '\0' ? transfer.error.data() : curl_easy_strerror(code);
  return without_secrets(text, transfer.request.url);
}

/// The last answer's header of this name, '' for none.
std::string_view answer_header(CURL* easy, const char* name) {
  curl_header* header = nullptr;
  if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK) return "";
  return header->value;
}

/// By the system's clock, which libcurl signs with.
std::optional<seconds> clock_ahead(CURL* easy) {
  const auto date = answer_header(easy, "Date");
  const auto unix_s = date.empty() ? -1 : curl_getdate(std::string(date).c_str(), nullptr);
  if (unix_s < 0) return std::nullopt;
  const auto now = std::chrono::floor<seconds>(std::chrono::system_clock::now());
  return now.time_since_epoch() - seconds{unix_s};
}

void conclude(Transfer& transfer, CURLcode code) {
  Reply& reply = transfer.reply;
  long status = 0;
  curl_off_t retry_after_s = 0;
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_RETRY_AFTER, &retry_after_s);
  // curl takes a connection that closes inside the head for the end of an answer without a body.
  if (code == CURLE_OK && (!transfer.head_complete || status < 200)) code = CURLE_PARTIAL_FILE;
  if (code != CURLE_OK) {
    reply.sent = transfer.sending ? Sent::maybe : Sent::no;
    reply.body.clear();
    reply.error = error_text(transfer, code);
    return;
  }
  reply.sent = Sent::answered;
  reply.status = static_cast<int>(status);
  reply.clock_ahead = clock_ahead(transfer.easy.get());
  reply.error_type = letters(answer_header(transfer.easy.get(), "x-amzn-ErrorType"));
  if (retry_after_s > 0)
    reply.retry_after = std::min(seconds{retry_after_s}, retry_after_believed_max);
}

bool initialise_libcurl() {
  static const bool initialised = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return initialised;
}

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
  if (const auto code = set_up(*transfer, options.connect_timeout); code != CURLE_OK) {
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
  // Only what has ended by now: a `done` that starts the next bad request must not keep us here.
  for (auto left = state_->ended.size(); left > 0 && !state_->ended.empty(); --left) {
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
