#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::http {

struct Answer {
  unsigned status = 200;
  std::string body;
  std::string_view content_type = "application/json";             ///< a literal
  std::vector<std::pair<std::string, std::string>> headers = {};  ///< e.g. Retry-After, Allow
  bool close = false;    ///< close the connection after this answer
  bool hang_up = false;  ///< close the connection without a byte of an answer; the rest is ignored
};

}  // namespace gatehouse::http
