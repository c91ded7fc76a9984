#include "daemon/gate/call/answers.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "daemon/gate/request/document.hpp"

namespace gatehouse::gate {
namespace {

using nlohmann::json;

TEST(Answers, AcceptAScanAsTheFaqShowsIt) {
  EXPECT_EQ(scan_answer("1111-2222-3333-4444-5555-6666", store::Role::shopper, ScanAction::accept),
            R"({"id":"1111-2222-3333-4444-5555-6666","type":"SHOPPER","action":"ACCEPT"})");
}

TEST(Answers, RejectAScanAndTellAssociatesApart) {
  EXPECT_EQ(scan_answer("x", store::Role::shopper, ScanAction::reject),
            R"({"id":"x","type":"SHOPPER","action":"REJECT"})");
  EXPECT_EQ(scan_answer("x", store::Role::associate, ScanAction::accept),
            R"({"id":"x","type":"ASSOCIATE","action":"ACCEPT"})");
}

TEST(Answers, AreJsonWhateverTheCodeIs) {
  const std::string code = "\"},\\\n\u20ac";
  const auto answer = scan_answer(code, store::Role::shopper, ScanAction::reject);
  EXPECT_EQ(json::parse(answer)["id"], code);
}

TEST(Answers, CarryIdsOfAtMost255Characters) {
  std::string code;
  for (int character = 0; character < 300; ++character) code += "\u20ac";
  const auto answer = json::parse(scan_answer(code, store::Role::shopper, ScanAction::reject));
  EXPECT_EQ(answer["id"], code.substr(0, 255 * 3));
}

TEST(Answers, GiveAPurchaseIdAlsoAnEmptyOne) {
  EXPECT_EQ(purchase_answer("p-1"), R"({"purchaseId":"p-1"})");
  EXPECT_EQ(purchase_answer(""), R"({"purchaseId":""})");
}

TEST(Answers, GiveErrorsInAmazonsShape) {
  EXPECT_EQ(error_answer("say \"why\""), R"({"errorMsg":"say \"why\""})");
}

TEST(Answers, OfTheCloudArePassedOnOnlyWhereTheyAnswerAScan) {
  DocumentParser parser;
  EXPECT_TRUE(is_scan_answer(parser, R"({"id":"a","type":"SHOPPER","action":"ACCEPT","new":1})"));
  for (const auto* const body : {"", "[]", "<html>", "{}", R"({"id":"a","type":"SHOPPER"})",
                                 R"({"id":1,"type":"SHOPPER","action":"ACCEPT"})",
                                 R"({"id":"a","type":"SHOPPER","action":null})",
                                 R"({"id":"a","type":"SHOPPER","action":"ACCEPT"} trailing)"}) {
    EXPECT_FALSE(is_scan_answer(parser, body)) << body;
  }
}

}  // namespace
}  // namespace gatehouse::gate
