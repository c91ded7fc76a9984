#include <algorithm>
#include <cstring>

#include "daemon/http/request_parser.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace gatehouse::http {
namespace {

using gate::require;
using Progress = RequestParser::Progress;

const Limits limits{
    .body_max_bytes = 40'000, .bodies_max_bytes = 50'000, .header_max_bytes = 1'000};

/// The request at the front of `bytes`, which come in pieces of `piece_size`.
void read_request(std::string_view bytes, std::size_t piece_size) {
  BodyBudget bodies(limits.bodies_max_bytes);
  {
    RequestParser parser(limits, bodies);
    boost::beast::flat_buffer buffer;
    Progress progress = Progress::incomplete;
    int headers = 0;
    while (progress == Progress::incomplete && !bytes.empty()) {
      const auto piece = bytes.substr(0, piece_size);
      std::memcpy(buffer.prepare(piece.size()).data(), piece.data(), piece.size());
      buffer.commit(piece.size());
      bytes.remove_prefix(piece.size());
      for (progress = parser.parse(buffer); progress == Progress::header;
           progress = parser.parse(buffer)) {
        require(++headers == 1 && parser.begun());
        require(parser.request({}).body.empty() && bodies.used() == 0);
      }
      require(bodies.used() <= limits.bodies_max_bytes);
    }
    if (progress == Progress::complete) {
      const Request request = parser.request({});
      require(request.body.size() <= limits.body_max_bytes);
      require(request.body.size() <= std::max(small_body_bytes, bodies.used()));
      require(request.fields.count("Host") <= 1);
      (void)parser.keep_alive();
    }
    if (progress == Progress::refused) require(parser.refusal().status >= 400);
  }
  require(bodies.used() == 0);
}

}  // namespace
}  // namespace gatehouse::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes = gatehouse::gate::as_text(data + 1, size - 1);
  gatehouse::http::read_request(bytes, bytes.size());
  gatehouse::http::read_request(bytes, 1UL + data[0]);
  return 0;
}
