#include "sync/feed/instrument_document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/feed/feed_document.hpp"
#include "sync/feed/feed_rebuild.hpp"

namespace gatehouse::sync {
namespace {

using store::InstrumentDecision;
using store::InstrumentPut;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// A batch of one instrument, `members` being what comes after its type.
FeedBatch with_instrument(const std::string& members, const std::string& id = "instrument:pi-77") {
  auto batch = parse_changes(R"({"results":[{"seq":7,"id":")" + id + R"(","doc":{"_id":")" + id +
                             R"(","type":"instrument")" + members + R"(}}],"last_seq":7})");
  EXPECT_TRUE(batch.has_value()) << batch.error().message;
  return batch.value_or(FeedBatch{});
}

TEST(InstrumentDocument, IsReadInFull) {
  const auto batch = with_instrument(
      R"(,"outstanding":{"amount":"12.50","currency":"USD"},"risks":["BadDebt","CustomerFraud"],)"
      R"("decision":"deny","authorize":{"amount":1200,"currency":"JPY"},"later":[1])");
  ASSERT_EQ(batch.changes.size(), 1U);
  const auto& put = std::get<InstrumentPut>(batch.changes[0]);
  EXPECT_EQ(put.document_id, "instrument:pi-77");
  EXPECT_EQ(put.instrument.outstanding, (Money{1250, "USD"}));
  EXPECT_THAT(put.instrument.risks, ElementsAre("BadDebt", "CustomerFraud"));
  EXPECT_EQ(put.instrument.decision, InstrumentDecision::deny);
  EXPECT_EQ(put.instrument.authorize, (Money{1200, "JPY"}));
}

TEST(InstrumentDocument, HoldsNothingAgainstAnyoneForWhatIsLeftOut) {
  for (const auto* const members :
       {"", R"(,"outstanding":null,"risks":null,"decision":null,"authorize":null)"}) {
    const auto batch = with_instrument(members);
    ASSERT_EQ(batch.changes.size(), 1U) << members;
    EXPECT_EQ(std::get<InstrumentPut>(batch.changes[0]).instrument, store::Instrument{});
  }
  EXPECT_EQ(with_instrument(R"(,"decision":"accept")").flawed.total(), 0U);
}

TEST(InstrumentDocument, IsUnclearWhereItIsMalformedAndTheReasonHasNoneOfItsContents) {
  const std::string many_risks = [] {
    std::string list = "\"r\"";
    for (int i = 0; i < 32; ++i) list += ",\"r\"";
    return list;
  }();
  const std::pair<std::string, std::string> cases[] = {
      {R"("outstanding":"secret")", "outstanding"},
      {R"("outstanding":{"amount":12.5,"currency":"USD"})", "outstanding"},
      {R"("outstanding":{"amount":"12.505","currency":"USD"})", "outstanding"},
      {R"("outstanding":{"amount":"-1.00","currency":"USD"})", "outstanding"},
      {R"("outstanding":{"amount":"1.00","currency":"usd"})", "outstanding"},
      {R"("outstanding":{"amount":"1.00"})", "outstanding"},
      {R"("risks":"secret")", "risks"},
      {R"("risks":["two\nsecrets"])", "risks"},
      {R"("risks":[""])", "risks"},
      {R"("risks":[7])", "risks"},
      {R"("risks":[)" + many_risks + "]", "risks"},
      {R"("decision":"secret")", "decision"},
      {R"("authorize":{"amount":"secret","currency":"USD"})", "authorize"},
  };
  for (const auto& [members, named] : cases) {
    const auto batch = with_instrument("," + members);
    ASSERT_EQ(batch.changes.size(), 1U) << members;
    ASSERT_EQ(batch.flawed.total(), 1U) << members;
    EXPECT_EQ(batch.flawed.last[0].flaw, FeedFlaw::instrument);
    const auto& put = std::get<InstrumentPut>(batch.changes[0]);
    EXPECT_THAT(put.unclear, HasSubstr(named));
    EXPECT_THAT(put.unclear, Not(HasSubstr("secret")));
  }
  for (const auto* const id : {"pi-77", "instrument:"}) {
    const auto batch = with_instrument("", id);
    ASSERT_EQ(batch.changes.size(), 1U);
    EXPECT_EQ(std::get<store::DocumentUnclear>(batch.changes[0]).document_id, id);
  }
}

TEST(InstrumentDocument, KeepsOfAnUnclearVersionWhatIsHeldAgainstItAndGrantsNothing) {
  const auto batch =
      with_instrument(R"(,"outstanding":{"amount":"1.00","currency":"USD"},"risks":["BadDebt",7],)"
                      R"("decision":"accept","authorize":{"amount":"5.00","currency":"USD"})");
  ASSERT_EQ(batch.changes.size(), 1U);
  const auto& put = std::get<InstrumentPut>(batch.changes[0]);
  EXPECT_THAT(put.unclear, HasSubstr("risks"));
  EXPECT_EQ(put.instrument.outstanding, (Money{100, "USD"}));
  EXPECT_THAT(put.instrument.risks, ElementsAre("BadDebt"));
  EXPECT_EQ(put.instrument.decision, InstrumentDecision::none);
  EXPECT_EQ(put.instrument.authorize, std::nullopt);
}

TEST(InstrumentDocument, IsKeptByARebuildThatSawIt) {
  FeedRebuild rebuild;
  rebuild.saw(with_instrument(""));
  rebuild.fetched(WallTime{});
  const std::vector<std::string> page{"instrument:pi-77", "instrument:pi-78"};
  const auto gone = rebuild.gone(page);
  ASSERT_EQ(gone.size(), 1U);
  EXPECT_EQ(std::get<store::ShopperRemove>(gone[0]).document_id, "instrument:pi-78");
}

}  // namespace
}  // namespace gatehouse::sync
