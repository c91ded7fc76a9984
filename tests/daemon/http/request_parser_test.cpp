#include "daemon/http/request_parser.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace gatehouse::http {
namespace {

using boost::beast::flat_buffer;
using Progress = RequestParser::Progress;

const Limits limits{.body_max_bytes = 100, .header_max_bytes = 200};

void append(flat_buffer& buffer, std::string_view bytes) {
  if (bytes.empty()) return;
  std::memcpy(buffer.prepare(bytes.size()).data(), bytes.data(), bytes.size());
  buffer.commit(bytes.size());
}

/// What comes of `bytes` when they arrive in pieces of `piece_size`: the body or the refusal's
/// status, and what is left in the buffer.
std::string parsed(std::string_view bytes, std::size_t first, std::size_t piece_size) {
  BodyBudget bodies(1000);
  RequestParser parser(limits, bodies);
  flat_buffer buffer;
  Progress progress = Progress::incomplete;
  for (std::size_t size = first; progress == Progress::incomplete && !bytes.empty();
       size = piece_size) {
    append(buffer, bytes.substr(0, size));
    bytes.remove_prefix(std::min(size, bytes.size()));
    progress = parser.parse(buffer);
    if (progress == Progress::header) progress = parser.parse(buffer);
  }
  if (progress == Progress::incomplete) return "incomplete";
  if (progress == Progress::refused) return std::to_string(parser.refusal().status);
  const std::string_view left(static_cast<const char*>(buffer.cdata().data()), buffer.size());
  return std::string(parser.request({}).body) + "|" + std::string(left) + std::string(bytes);
}

const std::string chunked = "POST / HTTP/1.1\r\nHost: gate\r\nTransfer-Encoding: chunked\r\n\r\n";

struct Example {
  std::string bytes;
  std::string result;
};

const Example examples[] = {
    {"GET / HTTP/1.1\r\nHost: gate\r\n\r\nnext", "|next"},
    {"\r\nGET / HTTP/1.1\r\nHost: gate\r\n\r\n", "|"},
    {"POST / HTTP/1.1\r\nHost: gate\r\nContent-Length: 3\r\n\r\nabcnext", "abc|next"},
    {chunked + "0\r\n\r\nnext", "|next"},
    {chunked + "3\r\nabc\r\n0\r\n\r\nnext", "abc|next"},
    {chunked + "3;a=b\r\nabc\r\n2\r\nde\r\n0;c=d\r\nX-Trailer: 1\r\n\r\nnext", "abcde|next"},
    {chunked + "3\r\nabcd\r\n0\r\n\r\n", "400"},
    {chunked + "z\r\n\r\n\r\n\r\n", "400"},
    {chunked + "65\r\n" + std::string(101, 'x') + "\r\n0\r\n\r\n", "413"},
    {"POST / HTTP/1.1\r\nHost: gate\r\nX-A: b\r\n c\r\n\r\n", "400"},
    {"POST / HTTP/1.1\r\nHost: gate\r\nContent-Length: 101\r\n\r\n", "413"},
    {"GET / HTTP/1.1\r\nHost: gate\r\nX-Long: " + std::string(200, 'x') + "\r\n\r\n", "431"},
    {"GET / HTTP/1.1\r\nHost: gate\r\n" + std::string(180, 'x'), "431"},
    {"GET / HTTP/1.1\r\nHost: gate\r\n", "incomplete"},
    {chunked + "3\r\nabc\r\n0\r\n\r", "incomplete"},
};

TEST(RequestParser, FindsTheSameWhateverThePiecesThatTheBytesComeIn) {
  for (const auto& [bytes, result] : examples) {
    EXPECT_EQ(parsed(bytes, bytes.size(), bytes.size()), result) << bytes;
    EXPECT_EQ(parsed(bytes, 1, 1), result) << "byte by byte: " << bytes;
    for (std::size_t split = 1; split < bytes.size(); ++split) {
      EXPECT_EQ(parsed(bytes, split, bytes.size()), result)
          << "split at " << split << ": " << bytes;
    }
  }
}

TEST(RequestParser, BoundsAHeaderWhoseLinesAreAllShort) {
  std::string bytes = "GET / HTTP/1.1\r\nHost: gate\r\n";
  for (int i = 0; i < 60; ++i) bytes += "X: y\r\n";
  EXPECT_EQ(parsed(bytes, 6, 6), "431");
}

TEST(RequestParser, SaysOnceThatTheClientWaitsForContinue) {
  BodyBudget bodies(1000);
  RequestParser parser(limits, bodies);
  flat_buffer buffer;
  append(buffer,
         "POST / HTTP/1.1\r\nHost: gate\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n");
  EXPECT_EQ(parser.parse(buffer), Progress::header);
  EXPECT_EQ(parser.parse(buffer), Progress::incomplete);
  EXPECT_TRUE(parser.take_expect_continue());
  EXPECT_FALSE(parser.take_expect_continue());
}

TEST(RequestParser, StopsOnceBeforeABodyThatIsStillToCome) {
  BodyBudget bodies(1000);
  for (const std::string& request :
       {chunked, std::string("POST / HTTP/1.1\r\nHost: gate\r\nContent-Length: 5\r\n\r\nab")}) {
    RequestParser parser(limits, bodies);
    flat_buffer buffer;
    append(buffer, request);
    EXPECT_EQ(parser.parse(buffer), Progress::header);
    EXPECT_EQ(parser.request({}).body, "");
    EXPECT_EQ(parser.request({}).method_text, "POST");
    EXPECT_EQ(parser.parse(buffer), Progress::incomplete);
  }
  RequestParser parser(limits, bodies);
  flat_buffer buffer;
  append(buffer, "POST / HTTP/1.1\r\nHost: gate\r\nContent-Length: 2\r\n\r\nab");
  EXPECT_EQ(parser.parse(buffer), Progress::complete) << "a whole request is not stopped";
}

TEST(RequestParser, KeepsATrailerOutOfTheHeader) {
  BodyBudget bodies(1000);
  RequestParser parser(limits, bodies);
  flat_buffer buffer;
  append(buffer,
         "POST /path HTTP/1.1\r\nHost: gate\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n"
         "1\r\na\r\n0\r\nAuthorization: Bearer x\r\nX-A: 2\r\n\r\n");
  EXPECT_EQ(parser.parse(buffer), Progress::header);
  ASSERT_EQ(parser.parse(buffer), Progress::complete);
  const Request request = parser.request({});
  EXPECT_EQ(request.target, "/path");
  EXPECT_EQ(request.method_text, "POST");
  EXPECT_EQ(request.body, "a");
  EXPECT_EQ(request.fields.count("Authorization"), 0U);
  EXPECT_EQ(request.fields.count("X-A"), 1U);
  EXPECT_EQ(request.fields["X-A"], "1");
  EXPECT_TRUE(parser.keep_alive());
}

TEST(RequestParser, BeginsWithTheFirstByteThatIsNotAnEmptyLine) {
  BodyBudget bodies(1000);
  RequestParser parser(limits, bodies);
  flat_buffer buffer;
  for (const std::string_view bytes : {"", "\r", "\n"}) {
    append(buffer, bytes);
    EXPECT_EQ(parser.parse(buffer), Progress::incomplete);
    EXPECT_FALSE(parser.begun());
  }
  append(buffer, "G");
  EXPECT_EQ(parser.parse(buffer), Progress::incomplete);
  EXPECT_TRUE(parser.begun());
}

}  // namespace
}  // namespace gatehouse::http
