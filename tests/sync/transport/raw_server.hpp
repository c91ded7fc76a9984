#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace gatehouse::sync {

/// One connection of RawServer, on a thread of its own. Nothing here waits longer than 5 s.
class RawConnection {
 public:
  explicit RawConnection(int fd) : fd_(fd) {}

  /// The next request, head and body as they came; '' when the other side has gone.
  [[nodiscard]] std::string read_request();
  void send(std::string_view bytes);
  /// Breaks it as a failing line does: with a TCP reset.
  void reset();
  /// Waits until the other side closes.
  void wait_closed();

 private:
  bool receive();

  int fd_;
  std::string unread_;
};

/// A server on an ephemeral port of 127.0.0.1 that does byte for byte what a test says, above all
/// what a server should not do.
class RawServer {
 public:
  using Serve = std::function<void(RawConnection&)>;
  /// `serve` runs once for each connection, on that connection's thread.
  explicit RawServer(Serve serve);
  /// At 127.0.0.2 and this port: where the name of a server at that port may move to.
  RawServer(Serve serve, int port_at_second_address);
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string url(std::string_view path = "/") const;
  [[nodiscard]] int connections() const { return connections_; }

 private:
  void begin();
  void accept_all();

  Serve serve_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;
  std::vector<int> open_;
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

/// A listener that lets no one in: connecting to it neither succeeds nor fails.
class FullListener {
 public:
  FullListener();
  ~FullListener();
  FullListener(const FullListener&) = delete;
  FullListener& operator=(const FullListener&) = delete;
  [[nodiscard]] int port() const { return port_; }

 private:
  int listener_ = -1;
  int port_ = 0;
  std::vector<int> fillers_;
};

/// A port that nothing listens on.
[[nodiscard]] int closed_port();

/// The status of a request to 127.0.0.1, with any method; 0: no answer.
[[nodiscard]] int status_of(int port, const std::string& method, const std::string& path,
                            const std::string& json);

/// A complete answer with Content-Length; `headers` each end with \r\n.
[[nodiscard]] std::string answer(int status, std::string_view body, std::string_view headers = "");

}  // namespace gatehouse::sync
