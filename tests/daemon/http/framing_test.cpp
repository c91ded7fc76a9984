// Requests on which two readers could disagree where one ends and the next begins (request
// smuggling), and bytes that are no request at all: each is answered 400 and ends the connection.
#include <gtest/gtest.h>

#include "tests/daemon/http/raw_client.hpp"
#include "tests/daemon/http/running_server.hpp"

namespace gatehouse::http {
namespace {

struct Malformed {
  const char* name;
  std::string request;
};

void PrintTo(const Malformed& malformed, std::ostream* out) {
  *out << malformed.name;
}

const std::string post = "POST / HTTP/1.1\r\nHost: gate\r\n";
const std::string smuggled = "GET /smuggled HTTP/1.1\r\nHost: gate\r\n\r\n";

class Framing : public testing::TestWithParam<Malformed> {};

TEST_P(Framing, IsRefusedAndTheConnectionEnds) {
  RunningServer server;
  RawClient client(server.port());
  client.send(GetParam().request + smuggled);
  const std::string answer = client.receive_all();
  EXPECT_TRUE(
      answer.starts_with("HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n"
                         "Content-Length: "))
      << answer;
  EXPECT_NE(answer.find("\r\nConnection: close\r\n\r\n{\"errorMsg\":\""), answer.npos) << answer;
  EXPECT_TRUE(answer.ends_with("\"}")) << answer;
  EXPECT_EQ(answer.find("/smuggled"), answer.npos);
  EXPECT_EQ(server.count(ServerEvent::bad_request), 1);
}

const Malformed malformed[] = {
    {"LengthThenChunked",
     post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"ChunkedThenLength",
     post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"},
    {"TwoLengths", post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"},
    {"TwoLengthsInOneLine", post + "Content-Length: 1, 2\r\n\r\nab"},
    {"EmptyLength", post + "Content-Length: \r\n\r\n"},
    {"NegativeLength", post + "Content-Length: -1\r\n\r\n"},
    {"SignedLength", post + "Content-Length: +1\r\n\r\na"},
    {"HexadecimalLength", post + "Content-Length: 0x1\r\n\r\na"},
    {"LengthBeyond64Bits", post + "Content-Length: 18446744073709551617\r\n\r\na"},
    {"LengthWithBlankInside", post + "Content-Length: 1 0\r\n\r\na"},
    {"BlankBeforeColon", post + "Content-Length : 1\r\n\r\na"},
    {"ChunkedInHttp10", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"ChunkedTwice", post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"},
    {"ChunkedOnTwoLines",
     post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"ChunkedNotLast", post + "Transfer-Encoding: chunked, identity\r\n\r\n"},
    {"CompressedAndChunked", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
    {"UnknownCoding", post + "Transfer-Encoding: xchunked\r\n\r\n"},
    {"QuotedCoding", post + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"},
    {"EmptyCoding", post + "Transfer-Encoding:\r\n\r\n"},
    {"CodingAfterControlCharacter", post + "Transfer-Encoding: \x0b"
                                           "chunked\r\n\r\n0\r\n\r\n"},
    {"FoldedCoding", post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"},
    {"FoldedLength", post + "Content-Length:\r\n\t1\r\n\r\na"},
    {"FoldedValue", post + "X-Long: a\r\n b\r\n\r\n"},
    {"FoldAfterRequestLine", "GET / HTTP/1.1\r\n Host: gate\r\n\r\n"},
    {"BareLineFeeds", "GET / HTTP/1.1\nHost: gate\n\n"},
    {"BareLineFeedInHeader", post + "X-A: b\nContent-Length: 5\r\n\r\n"},
    {"BareCarriageReturnInHeader", post + "X-A: b\rContent-Length: 5\r\n\r\n"},
    {"NulInHeader", post + std::string("X-A: b\0c\r\n\r\n", 12)},
    {"HeaderWithoutName", post + ": value\r\n\r\n"},
    {"HeaderWithoutColon", post + "nonsense\r\n\r\n"},
    {"NoHost", "GET / HTTP/1.1\r\n\r\n"},
    {"TwoHosts", post + "Host: other\r\n\r\n"},
    {"ChunkSizeNotANumber", post + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n"},
    {"ChunkSizeSigned", post + "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n"},
    {"ChunkSizePrefixed", post + "Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n"},
    {"ChunkSizeBeyond64Bits",
     post + "Transfer-Encoding: chunked\r\n\r\n10000000000000001\r\na\r\n0\r\n\r\n"},
    {"ChunkLongerThanItsSize", post + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n"},
    {"ChunkWithBareLineFeed", post + "Transfer-Encoding: chunked\r\n\r\n1\na\n0\n\n"},
    {"ChunkExtensionBroken", post + "Transfer-Encoding: chunked\r\n\r\n1 x\r\na\r\n0\r\n\r\n"},
    {"ChunkExtensionOverTwoLines",
     post + "Transfer-Encoding: chunked\r\n\r\n1;a=\"\r\na\r\n0\r\n\r\n\"\r\n"},
    {"LengthInTrailer", post + "Transfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 40\r\n\r\n"},
    {"HttpTwoPreface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
    {"HttpZeroNine", "GET /\r\n\r\n"},
    {"UnknownProtocol", "GET / ICAP/1.0\r\n\r\n"},
    {"TwoBlanksInRequestLine", "GET  / HTTP/1.1\r\nHost: gate\r\n\r\n"},
    {"NulInTarget", std::string("GET /\0 HTTP/1.1\r\nHost: gate\r\n\r\n", 31)},
    {"TlsHello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11)},
};

INSTANTIATE_TEST_SUITE_P(Malformed, Framing, testing::ValuesIn(malformed),
                         [](const auto& tested) { return tested.param.name; });

TEST(FramingOfTheSame, LengthTwiceIsTaken) {
  RunningServer server;
  RawClient client(server.port());
  client.send(post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na" + smuggled);
  EXPECT_TRUE(client.receive_answer().ends_with("POST / a"));
  EXPECT_TRUE(client.receive_answer().ends_with("GET /smuggled"));
}

TEST(FramingOfTheSame, RequestIsRefusedWhenItEndsInItsMiddle) {
  RunningServer server;
  RawClient client(server.port());
  client.send(post + "Content-Length: 10\r\n\r\nhalf");
  client.finish_sending();
  EXPECT_EQ(client.receive_all(),
            "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 67\r\n"
            "Connection: close\r\n\r\n"
            R"({"errorMsg":"the connection ended before the request was complete"})");
}

}  // namespace
}  // namespace gatehouse::http
