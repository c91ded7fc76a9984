#include "daemon/http/session.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <type_traits>

#include "daemon/http/answer_writer.hpp"
#include "daemon/http/request_parser.hpp"

namespace gatehouse::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using TlsStream = asio::ssl::stream<Socket>;
using Progress = RequestParser::Progress;

// One read takes a usual request whole; a large body comes in larger pieces, which stay within what
// every connection may hold: only bodies are counted (body_budget.hpp).
constexpr std::size_t read_min_bytes = 4 * 1024;
constexpr std::size_t read_max_bytes = small_body_bytes;
// What an idle connection may keep of its buffers.
constexpr std::size_t kept_bytes = small_body_bytes;
// How long what a client still sends is read away after the last answer. To close over unread bytes
// would reset the connection, and with it the answer.
constexpr milliseconds linger_max{2000};

template <class Stream>
constexpr bool is_tls = std::is_same_v<Stream, TlsStream>;

Answer unavailable() {
  Answer answer = error_answer(503, "the request could not be handled; try again later");
  answer.headers.emplace_back("Retry-After", "1");
  return answer;
}

Socket& socket_of(Socket& stream) {
  return stream;
}
Socket& socket_of(TlsStream& stream) {
  return stream.next_layer();
}

/// Stream: Socket or TlsStream.
template <class Stream>
class Session final : public Connection {
 public:
  Session(std::shared_ptr<ServerState> state, Stream stream,
          std::shared_ptr<asio::ssl::context> tls, ServerState::Admission admission)
      : state_(std::move(state)),
        tls_(std::move(tls)),
        stream_(std::move(stream)),
        peer_(peer_credentials(socket_of(stream_))),
        peer_address_(peer_address(socket_of(stream_))),
        admission_(admission) {
    deadline_ = std::chrono::steady_clock::now() + state_->limits_.request_max;
    state_->add(*this, admission_);
  }
  ~Session() override { state_->remove(*this); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  static asio::awaitable<void> run(std::shared_ptr<Session> self);
  void expire() override;
  void drain() override;
  void close() override;

 private:
  enum class Phase { opening, idle, reading, handling, writing, lingering };

  asio::awaitable<bool> handshake();
  asio::awaitable<void> serve();
  asio::awaitable<void> refuse_connection();
  /// Incomplete: the connection has ended between two requests. Header: see refusal_.
  asio::awaitable<Progress> read_request(RequestParser& parser);
  asio::awaitable<error_code> read_more(const RequestParser& parser);
  asio::awaitable<Answer> ask_handler(const Request& request);
  /// What the header check refuses with; nullopt: the body is to be received.
  [[nodiscard]] std::optional<Answer> refused_by_header(const RequestParser& parser);
  [[nodiscard]] Answer refuse(const RequestParser& parser) const;
  [[nodiscard]] Request request_of(const RequestParser& parser) const;
  asio::awaitable<bool> write_rest(std::size_t written);
  asio::awaitable<void> linger();

  /// What could be written without waiting; 0 also where the connection is broken.
  std::size_t write_now();
  /// False: idle in a server that drains.
  [[nodiscard]] bool may_wait_for_request() const;
  void enter(Phase phase, milliseconds time_limit);
  void release_buffers();

  const std::shared_ptr<ServerState> state_;
  const std::shared_ptr<asio::ssl::context> tls_;
  Stream stream_;
  const std::optional<PeerCredentials> peer_;
  const std::string peer_address_;
  const ServerState::Admission admission_;
  Phase phase_ = Phase::opening;
  bool never_asked_ = true;
  bool request_timed_out_ = false;
  std::optional<Answer> refusal_;  ///< of the request whose header has just been read
  boost::beast::flat_buffer input_;
  std::string output_;
};

template <class Stream>
asio::awaitable<void> Session<Stream>::run(std::shared_ptr<Session> self) {
  const bool opened = co_await self->handshake();
  if (!opened) co_return;
  if (self->admission_ == ServerState::Admission::admitted) {
    co_await self->serve();
  } else {
    co_await self->refuse_connection();
  }
}

template <class Stream>
asio::awaitable<bool> Session<Stream>::handshake() {
  if constexpr (is_tls<Stream>) {
    error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    co_await stream_.async_handshake(asio::ssl::stream_base::server, token);
    if (error) state_->report(ServerEvent::tls_failed);
    co_return !error;
  }
  co_return true;
}

template <class Stream>
asio::awaitable<void> Session<Stream>::serve() {
  bool keep_alive = true;
  while (keep_alive) {
    RequestParser parser(state_->limits_, state_->bodies_);
    const Progress progress = co_await read_request(parser);
    if (progress == Progress::incomplete) co_return;
    never_asked_ = false;
    Answer answer;
    if (progress == Progress::complete) {
      const Request request = request_of(parser);
      answer = co_await ask_handler(request);
      keep_alive = parser.keep_alive() && !answer.close && !state_->draining();
    } else {
      answer = progress == Progress::header ? *std::exchange(refusal_, {}) : refuse(parser);
      keep_alive = false;
    }
    if (answer.hang_up) co_return;
    write_answer(answer, {keep_alive, parser.is_http_1_0(), parser.is_head()}, output_);
    const std::size_t written = write_now();
    if (written < output_.size()) {
      const bool sent = co_await write_rest(written);
      if (!sent) co_return;
    }
    release_buffers();
  }
  co_await linger();
}

template <class Stream>
asio::awaitable<void> Session<Stream>::refuse_connection() {
  Answer answer = error_answer(503, "too many connections; try again later");
  answer.headers.emplace_back("Retry-After", "1");
  write_answer(answer, {}, output_);
  const bool sent = co_await write_rest(0);
  if (sent) co_await linger();
}

template <class Stream>
asio::awaitable<Progress> Session<Stream>::read_request(RequestParser& parser) {
  for (;;) {
    const Progress progress = parser.parse(input_);
    if (progress == Progress::header) {
      refusal_ = refused_by_header(parser);
      if (refusal_) co_return progress;
      continue;
    }
    if (progress != Progress::incomplete) co_return progress;
    if (parser.take_expect_continue()) {
      output_ = "HTTP/1.1 100 Continue\r\n\r\n";
      const bool sent = co_await write_rest(0);
      if (!sent) co_return Progress::incomplete;
      output_.clear();
    }
    const error_code error = co_await read_more(parser);
    if (request_timed_out_) co_return parser.refuse_late();
    if (!error) continue;
    const bool ended = error == asio::error::eof || error == asio::ssl::error::stream_truncated;
    co_return ended&& parser.begun() ? parser.refuse_truncated() : Progress::incomplete;
  }
}

template <class Stream>
asio::awaitable<error_code> Session<Stream>::read_more(const RequestParser& parser) {
  const bool idle = !parser.begun();
  if (idle) {
    enter(Phase::idle, state_->limits_.idle_max);
  } else {
    enter(Phase::reading, state_->limits_.request_max);
  }
  const auto space =
      input_.prepare(std::clamp(parser.body_bytes_left(), read_min_bytes, read_max_bytes));
  error_code error = asio::error::operation_aborted;
  std::size_t bytes = 0;
  if (!idle || may_wait_for_request()) {
    auto token = asio::redirect_error(asio::use_awaitable, error);
    bytes = co_await stream_.async_read_some(space, token);
  }
  // Draining: a request that has arrived already is still answered.
  if (error == asio::error::operation_aborted && idle && state_->draining()) {
    bytes = stream_.read_some(space, error);
  }
  input_.commit(bytes);
  co_return error;
}

template <class Stream>
Request Session<Stream>::request_of(const RequestParser& parser) const {
  Request request = parser.request(peer_);
  request.peer_address = peer_address_;
  return request;
}

template <class Stream>
Answer Session<Stream>::refuse(const RequestParser& parser) const {
  const Refusal& refusal = parser.refusal();
  state_->report(refusal.event);
  if (state_->refusal_observer_ && parser.is_header_done()) {
    state_->refusal_observer_(request_of(parser), refusal.status);
  }
  Answer answer = error_answer(refusal.status, refusal.message);
  if (refusal.passes) answer.headers.emplace_back("Retry-After", "1");
  return answer;
}

template <class Stream>
std::optional<Answer> Session<Stream>::refused_by_header(const RequestParser& parser) {
  if (!state_->header_check_) return std::nullopt;
  try {
    return state_->header_check_(request_of(parser));
  } catch (...) {
    state_->report(ServerEvent::handler_failed);
    return unavailable();
  }
}

template <class Stream>
asio::awaitable<Answer> Session<Stream>::ask_handler(const Request& request) {
  phase_ = Phase::handling;
  deadline_ = SteadyTime::max();
  try {
    asio::awaitable<Answer> pending = state_->handler_(request);
    co_return co_await std::move(pending);
  } catch (...) {
    state_->report(ServerEvent::handler_failed);
  }
  co_return unavailable();
}

template <class Stream>
std::size_t Session<Stream>::write_now() {
  std::size_t written = 0;
  // A TLS stream that is told "would block" has lost what it had encrypted.
  if constexpr (!is_tls<Stream>) {
    error_code ignored;
    written = stream_.write_some(asio::buffer(output_), ignored);
  }
  return written;
}

template <class Stream>
asio::awaitable<bool> Session<Stream>::write_rest(std::size_t written) {
  enter(Phase::writing, state_->limits_.write_max);
  error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  const auto rest = asio::buffer(output_) + written;
  co_await asio::async_write(stream_, rest, token);
  co_return !error;
}

template <class Stream>
asio::awaitable<void> Session<Stream>::linger() {
  enter(Phase::lingering, linger_max);
  error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  if constexpr (is_tls<Stream>) co_await stream_.async_shutdown(token);
  Socket& socket = socket_of(stream_);
  socket.shutdown(Socket::shutdown_send, error);
  while (!error) {
    input_.clear();
    const auto space = input_.prepare(read_min_bytes);
    co_await socket.async_read_some(space, token);
  }
}

template <class Stream>
bool Session<Stream>::may_wait_for_request() const {
  return !state_->draining() || (never_asked_ && state_->awaits_first_requests());
}

template <class Stream>
void Session<Stream>::enter(Phase phase, milliseconds time_limit) {
  if (phase_ == phase) return;
  phase_ = phase;
  deadline_ = std::chrono::steady_clock::now() + time_limit;
}

template <class Stream>
void Session<Stream>::release_buffers() {
  output_.clear();
  if (output_.capacity() > kept_bytes) output_.shrink_to_fit();
  if (input_.size() == 0 && input_.capacity() > kept_bytes) input_.shrink_to_fit();
}

template <class Stream>
void Session<Stream>::expire() {
  if (phase_ != Phase::reading) return close();
  request_timed_out_ = true;
  deadline_ = SteadyTime::max();
  error_code ignored;
  socket_of(stream_).cancel(ignored);
}

template <class Stream>
void Session<Stream>::drain() {
  if (may_wait_for_request()) return;
  error_code ignored;
  if (phase_ == Phase::idle) socket_of(stream_).cancel(ignored);
  if (phase_ == Phase::opening && is_tls<Stream>) close();
}

template <class Stream>
void Session<Stream>::close() {
  error_code ignored;
  deadline_ = SteadyTime::max();
  socket_of(stream_).close(ignored);
}

template <class Stream>
void start(std::shared_ptr<ServerState> state, Stream stream,
           std::shared_ptr<asio::ssl::context> tls, ServerState::Admission admission) {
  auto& loop = state->loop_;
  auto session = std::make_shared<Session<Stream>>(std::move(state), std::move(stream),
                                                   std::move(tls), admission);
  asio::co_spawn(loop, Session<Stream>::run(std::move(session)), asio::detached);
}

}  // namespace

void start_session(std::shared_ptr<ServerState> state, Socket socket,
                   std::shared_ptr<asio::ssl::context> tls, ServerState::Admission admission) {
  if (tls) {
    TlsStream stream(std::move(socket), *tls);
    start(std::move(state), std::move(stream), std::move(tls), admission);
  } else {
    start(std::move(state), std::move(socket), nullptr, admission);
  }
}

}  // namespace gatehouse::http
