#include "sync/transport/error_member.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

namespace gatehouse::sync {
namespace {

bool has_error_member(std::string_view body) {
  return read_answer_body(body) == AnswerBody::error;
}

TEST(ErrorMember, IsFoundWhateverItsType) {
  for (const auto* name : {"errorMsg", "errorMessage", "errorType", "error", "errors"}) {
    for (const auto* value : {R"("x")", "true", "0", "1.5", "-1", "{}", "[]", R"({"code":1})",
                              R"(["x"])", R"([null])"}) {
      EXPECT_TRUE(has_error_member(fmt::format(R"({{"{}":{}}})", name, value))) << name << value;
      EXPECT_TRUE(has_error_member(fmt::format(R"({{"a":[1],"{}":{},"b":{{}}}})", name, value)));
    }
  }
}

TEST(ErrorMember, ThatSaysNothingIsNone) {
  for (const auto* name : {"errorMsg", "errorMessage", "errorType", "error", "errors", "message"}) {
    for (const auto* value : {"null", "false", R"("")"}) {
      EXPECT_EQ(read_answer_body(fmt::format(R"({{"{}":{}}})", name, value)), AnswerBody::plain)
          << name << value;
    }
  }
}

TEST(ErrorMember, CountsOnlyAtTheTopOfAnObject) {
  for (const auto* body :
       {R"({"item":{"error":"x"}})", R"([{"error":"x"}])", R"({"a":[{"errors":[1]}]})",
        R"("error")", R"({"a":{"title":"x","status":1}})", R"({"Error":"x"})"}) {
    EXPECT_EQ(read_answer_body(body), AnswerBody::plain) << body;
  }
}

TEST(ErrorMember, IsFoundBehindAnyNumberOfMembers) {
  std::string body = "{";
  for (int i = 0; i < 20'000; ++i) body += fmt::format(R"("m{0}":{0},)", i);
  EXPECT_TRUE(has_error_member(body + R"("errorMsg":{"a":1}})"));
}

TEST(ErrorMember, IsATitleBesideAStatus) {
  EXPECT_TRUE(has_error_member(R"({"type":"about:blank","title":"Conflict","status":409})"));
  EXPECT_TRUE(has_error_member(R"({"status":"409","detail":null,"title":"Conflict"})"));
  EXPECT_FALSE(has_error_member(R"({"title":"Dr","name":"x"})"));
  EXPECT_FALSE(has_error_member(R"({"status":"ok"})"));
  EXPECT_FALSE(has_error_member(R"({"status":"ok","title":null})"));
}

TEST(ErrorMember, IsAMessageThatStandsAlone) {
  EXPECT_TRUE(has_error_member(R"({"message":"Forbidden"})"));
  EXPECT_TRUE(has_error_member(R"({"Message":"Forbidden"})"));
  EXPECT_FALSE(has_error_member(R"({"message":"well done","purchaseId":"P-1"})"));
  EXPECT_FALSE(has_error_member(R"({"purchaseId":"P-1","message":"well done"})"));
}

TEST(AnswerBody, IsBlankPlainOrForeign) {
  for (const auto* body : {"", " ", "\r\n\t"}) {
    EXPECT_EQ(read_answer_body(body), AnswerBody::blank) << body;
  }
  for (const auto* body : {"{}", "[]", "15", "-1.5", "true", "false", "null", R"("ok")", " {} \n",
                           R"({"purchaseId":"P-1"})"}) {
    EXPECT_EQ(read_answer_body(body), AnswerBody::plain) << body;
  }
  for (const auto* body : {"OK", "<html></html>", "<!DOCTYPE html>", "{", R"({"error":"x")",
                           R"({"error":"x"} {})", "\xff\xfe", "{\"a\":\"\xff\"}", "{a:1}"}) {
    EXPECT_EQ(read_answer_body(body), AnswerBody::foreign) << body;
  }
}

TEST(AnswerBody, IsUnusableWhereItSaysSomethingTwiceOrIsTooDeep) {
  for (const auto* body : {R"({"error":null,"error":"x"})", R"({"error":"x","error":null})",
                           R"({"purchaseId":"P-1","purchaseId":"P-1"})",
                           R"({"charge":{"amount":"1.00","amount":"9.00","code":"USD"}})"}) {
    EXPECT_EQ(read_answer_body(body), AnswerBody::unusable) << body;
  }
  std::string deep;
  for (int i = 0; i < 200'000; ++i) deep += R"({"error":)";
  EXPECT_EQ(read_answer_body(deep), AnswerBody::unusable);
  EXPECT_EQ(read_answer_body(std::string(200'000, '[') + std::string(200'000, ']')),
            AnswerBody::unusable);
}

TEST(CaptureOrCancel, IsDoneWhateverTheBodySaysTwiceOrAtWhateverLength) {
  for (const std::string& body :
       {std::string(R"({"ok":true,"meta":{"a":1,"a":1}})"), std::string(R"([{"a":1,"a":1}])"),
        std::string(R"({"status":"OK","status":"OK"})"), std::string(R"({"a":1,"a":1)"),
        std::string(R"({"error":null,"error":""})"),
        std::string(R"({"a":{"error":"x","error":"y"}})"), std::string("OK"), std::string(" "),
        std::string(200'000, '[') + std::string(200'000, ']'),
        '"' + std::string(JsonDocument::bytes_max, 'x') + '"'}) {
    EXPECT_TRUE(means_done(body)) << body.substr(0, 60);
  }
}

TEST(CaptureOrCancel, IsNotDoneWhereAnyOfTheMembersOfOneNameIsAnError) {
  for (const auto* body :
       {R"({"error":null,"error":"x"})", R"({"error":"x","error":null})",
        R"({"a":1,"a":1,"errorMsg":"x"})", R"({"message":"Forbidden","message":""})",
        R"({"errorMsg":"x","meta":{"a":1,"a":1}})", R"({"title":"","title":"x","status":409})"}) {
    EXPECT_FALSE(means_done(body)) << body;
  }
  EXPECT_FALSE(means_done("\xEF\xBB\xBF <html></html>"));
}

}  // namespace
}  // namespace gatehouse::sync
