#include "daemon/http/answer_writer.hpp"

#include <gtest/gtest.h>

namespace gatehouse::http {
namespace {

std::string written(const Answer& answer, AnswerForm form) {
  std::string output;
  write_answer(answer, form, output);
  return output;
}

TEST(AnswerWriter, WritesAnAnswerWithItsOwnHeaders) {
  Answer answer;
  answer.status = 405;
  answer.body = "{}";
  answer.headers = {{"Allow", "POST"}, {"Retry-After", "1"}};
  EXPECT_EQ(written(answer, {.keep_alive = true}),
            "HTTP/1.1 405 Method Not Allowed\r\nContent-Type: application/json\r\n"
            "Content-Length: 2\r\nAllow: POST\r\nRetry-After: 1\r\n\r\n{}");
}

TEST(AnswerWriter, SaysCloseWhereTheConnectionEnds) {
  EXPECT_EQ(written({}, {}),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 0\r\n"
            "Connection: close\r\n\r\n");
}

TEST(AnswerWriter, ConfirmsKeepAliveToAnHttp10Client) {
  EXPECT_EQ(written({}, {.keep_alive = true, .http_1_0 = true}),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 0\r\n"
            "Connection: keep-alive\r\n\r\n");
}

TEST(AnswerWriter, LeavesTheBodyOfAHeadOutButNotItsLength) {
  Answer answer;
  answer.body = "12345";
  EXPECT_EQ(written(answer, {.keep_alive = true, .without_body = true}),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n");
}

TEST(AnswerWriter, GivesNoContentNeitherLengthNorBody) {
  Answer answer;
  answer.status = 204;
  answer.body = "never sent";
  EXPECT_EQ(written(answer, {.keep_alive = true}), "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST(AnswerWriter, NeverSendsAHeaderThatWouldBreakOutOfItsLine) {
  Answer answer;
  answer.headers = {{"X-Value", "a\r\nSet-Cookie: b"},
                    {"X-Lone", "a\nb"},
                    {"X-Nul", std::string("a\0b", 3)},
                    {"X-Name\r\nSet-Cookie", "c"},
                    {"X Space", "d"},
                    {"", "e"},
                    {"X-Good", "f"}};
  EXPECT_EQ(written(answer, {.keep_alive = true}),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 0\r\n"
            "X-Good: f\r\n\r\n");
}

TEST(AnswerWriter, KeepsTheFramingOfTheMessageToItself) {
  Answer answer;
  answer.headers = {{"content-length", "7"}, {"Connection", "keep-alive"}};
  EXPECT_EQ(written(answer, {}),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 0\r\n"
            "Connection: close\r\n\r\n");
}

TEST(AnswerWriter, AppendsToWhatIsThere) {
  std::string output = "before ";
  write_answer({}, {}, output);
  EXPECT_TRUE(output.starts_with("before HTTP/1.1 200 OK\r\n"));
}

TEST(AnswerWriter, ShapesItsOwnErrorsAsTheConnectorsDo) {
  const Answer answer = error_answer(413, "too large");
  EXPECT_EQ(answer.status, 413U);
  EXPECT_EQ(answer.body, R"({"errorMsg":"too large"})");
  EXPECT_EQ(answer.content_type, "application/json");
}

}  // namespace
}  // namespace gatehouse::http
