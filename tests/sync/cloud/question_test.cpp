#include "sync/cloud/question.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/sync/transport/scripted_transport.hpp"

namespace gatehouse::sync {
namespace {

using testing::ElementsAre;
using namespace std::chrono_literals;

class QuestionTest : public testing::Test {
 protected:
  void ask(milliseconds patience = 300ms) {
    questions.ask(
        {"/v1/identity/scan", "{}", clock.steady() + patience,
         [this](std::optional<std::string> answer) { answers.push_back(std::move(answer)); }});
  }

  ManualClock clock;
  ScriptedTransport transport;
  CloudQuestions questions{{.url = "https://cloud.test/base/", .login = {}}, transport, clock};
  std::vector<std::optional<std::string>> answers;
};

TEST_F(QuestionTest, IsAskedBelowTheCloudsAddressForAsLongAsThereIsTime) {
  ask(250ms);
  EXPECT_EQ(transport.request().url, "https://cloud.test/base/v1/identity/scan");
  EXPECT_EQ(transport.request().timeout, 250ms);
  EXPECT_EQ(questions.open(), 1U);
  transport.answer(200, "yes");
  EXPECT_THAT(answers, ElementsAre("yes"));
  EXPECT_EQ(questions.open(), 0U);
}

TEST_F(QuestionTest, CountsNothingButA200AsAnAnswer) {
  ask();
  transport.answer(404, "no");
  ask();
  Reply timed_out;
  timed_out.sent = Sent::maybe;
  transport.reply(timed_out);
  EXPECT_THAT(answers, ElementsAre(std::nullopt, std::nullopt));
}

TEST_F(QuestionTest, IsNotAskedTooLateNorWithoutACloudNorBeyondTheLimit) {
  ask(0ms);
  EXPECT_THAT(answers, ElementsAre(std::nullopt));
  questions.reload({});
  ask();
  EXPECT_EQ(answers.size(), 2U);
  questions.reload({.url = "https://cloud.test", .login = {}, .signing = AwsSigning{}});
  ask();
  EXPECT_EQ(answers.size(), 3U) << "without a key to sign with";
  answers.pop_back();
  questions.reload({.url = "https://cloud.test", .login = {}});
  for (std::size_t i = 0; i < CloudQuestions::open_max; ++i) ask();
  EXPECT_EQ(answers.size(), 2U);
  ask();
  EXPECT_EQ(answers.size(), 3U);
}

TEST_F(QuestionTest, IsAnsweredOnceWhenTheProcessStops) {
  ask();
  questions.stop();
  ask();
  EXPECT_EQ(answers.size(), 1U) << "none is asked any more, and the open one may still be answered";
  questions.give_up();
  EXPECT_EQ(answers.size(), 2U);
  EXPECT_EQ(transport.waiting(), 0U);
}

}  // namespace
}  // namespace gatehouse::sync
