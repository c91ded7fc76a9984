#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace gatehouse::http {

/// A client of bytes: what it sends is what the test wrote. Every wait ends after a few seconds
/// with std::runtime_error, so that a silent server fails a test and does not hang it.
class RawClient {
 public:
  /// A socket that is not connected yet.
  RawClient();
  explicit RawClient(std::uint16_t port);
  explicit RawClient(const std::string& unix_path);
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void connect(std::uint16_t port);
  /// Before connect(): lets the kernel take little for a client that does not read.
  void shrink_receive_buffer();
  void send(std::string_view bytes);
  /// Sends one byte a segment.
  void send_slowly(std::string_view bytes);
  void finish_sending();
  void close();

  /// One answer: its header and as much body as Content-Length says.
  [[nodiscard]] std::string receive_answer();
  [[nodiscard]] std::string receive_header();
  /// Everything until the server closes in order (a reset is an error).
  [[nodiscard]] std::string receive_all();
  /// True if there is something to read, or an end, within `time`.
  [[nodiscard]] bool readable_within(std::chrono::milliseconds time) const;
  /// Waits until the connection has ended in whatever way.
  [[nodiscard]] bool ends();
  /// What was read but not handed out yet.
  [[nodiscard]] const std::string& left_over() const { return received_; }

 private:
  bool receive_some();

  int socket_;
  std::string received_;
};

}  // namespace gatehouse::http
