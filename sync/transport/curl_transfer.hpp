#pragma once

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "sync/transport/transport.hpp"

// Private to this folder, and the only file that includes curl's header: one request on its way
// through libcurl, whether a multi handle drives it (CurlTransport) or its caller waits for it
// (blocking_call).
namespace gatehouse::sync {

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;
using List = std::unique_ptr<curl_slist, FreeList>;

/// curl keeps pointers into it, so it stays where it is.
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
  std::chrono::system_clock::time_point head_at{};  ///< when it was
  std::chrono::milliseconds head_since_boot{};      ///< the same, by a clock that nobody sets
  Easy easy;
};

/// Sets options one after the other and keeps the first error.
class CurlSetup {
 public:
  explicit CurlSetup(CURL* easy) : easy_(easy) {}
  template <class T>
  void set(CURLoption option, T value) {
    if (result_ == CURLE_OK) result_ = curl_easy_setopt(easy_, option, value);
  }
  void set_unless_empty(CURLoption option, const std::string& value);
  [[nodiscard]] CURLcode result() const { return result_; }

 private:
  CURL* easy_;
  CURLcode result_ = CURLE_OK;
};

/// Once for the process. False: it cannot be used.
[[nodiscard]] bool initialise_libcurl();

/// CurlTransportOptions says what they are.
struct ConnectionTimes {
  std::chrono::milliseconds connect_timeout;
  std::chrono::seconds connection_life_max;
  std::chrono::seconds name_life_max;
};

/// Prepares the transfer's easy handle for its request.
[[nodiscard]] CURLcode set_up(Transfer& transfer, const ConnectionTimes& times);

/// What went wrong, for people.
[[nodiscard]] std::string error_text(const Transfer& transfer, CURLcode code);

/// Fills in the reply of a transfer that has ended with `code`. An answer that broke off is none,
/// though curl takes it for one.
void conclude(Transfer& transfer, CURLcode code);

}  // namespace gatehouse::sync
