#include "sync/delivery/delivery_choice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ranges>

namespace gatehouse::sync {
namespace {

using testing::ElementsAre;

store::DueDelivery delivery(std::int64_t id, int attempts = 0) {
  return {.id = id, .trip_sequence = id, .attempts = attempts};
}

std::vector<store::DueDelivery> deliveries(std::initializer_list<std::int64_t> ids) {
  std::vector<store::DueDelivery> made;
  for (const auto id : ids) made.push_back(delivery(id));
  return made;
}

std::vector<std::int64_t> ids(const std::vector<store::DueDelivery>& chosen) {
  std::vector<std::int64_t> made;
  for (const auto& each : chosen) made.push_back(each.id);
  return made;
}

const auto nobody = [](const store::DueDelivery&) { return false; };

TEST(DeliveryChoice, GivesTheBacklogEveryFourthStart) {
  EXPECT_EQ(backlog_share(0, 16), 4U);
  EXPECT_EQ(backlog_share(0, 3), 0U);
  EXPECT_EQ(backlog_share(3, 1), 1U);
  std::size_t share = 0;
  for (std::uint64_t started = 0; started < 100; ++started) share += backlog_share(started, 1);
  EXPECT_EQ(share, 25U) << "also where one slot comes free at a time";
}

TEST(DeliveryChoice, TakesTheNewestAndInTurnTheOldest) {
  EXPECT_THAT(ids(choose(deliveries({9, 8, 7, 6}), deliveries({1, 2, 3, 4}), 4, 0, nobody)),
              ElementsAre(9, 8, 7, 1));
}

TEST(DeliveryChoice, FillsAllSlotsWhereBothListsAreTheSame) {
  EXPECT_THAT(ids(choose(deliveries({3, 2, 1}), deliveries({1, 2, 3}), 16, 0, nobody)),
              ElementsAre(3, 2, 1));
}

TEST(DeliveryChoice, SkipsTripsThatAreBusy) {
  const auto busy = [](const store::DueDelivery& due) { return due.trip_sequence == 3; };
  EXPECT_THAT(ids(choose(deliveries({3, 2, 1}), deliveries({1, 2, 3}), 1, 0, busy)),
              ElementsAre(2));
}

TEST(DeliveryChoice, SendsOneOfATripAtATime) {
  auto twins = deliveries({5, 4});
  twins[1].trip_sequence = 5;
  EXPECT_THAT(ids(choose(twins, {}, 16, 0, nobody)), ElementsAre(5));
}

TEST(DeliveryChoice, ProbesWithTheNewestAndTheLeastTriedInTurn) {
  const auto probe = [](const ProbeTurn& turn) {
    return ids(choose_probe({delivery(9, 3), delivery(8, 1)}, {delivery(1, 1), delivery(2, 2)},
                            turn, nobody));
  };
  EXPECT_THAT(probe({.number = 0}), ElementsAre(9));
  EXPECT_THAT(probe({.number = 1, .last = 9}), ElementsAre(8));
  EXPECT_THAT(probe({.number = 2, .last = 8}), ElementsAre(9));
}

TEST(DeliveryChoice, ProbesWithNoRecordTwiceRunningWhereThereIsAnother) {
  const auto probe = [](std::vector<store::DueDelivery> due, const ProbeTurn& turn) {
    return ids(choose_probe(due, due, turn, nobody));
  };
  EXPECT_THAT(probe({delivery(9, 0), delivery(8, 5)}, {.number = 2, .last = 9}), ElementsAre(8));
  EXPECT_THAT(probe({delivery(9, 0), delivery(8, 5)}, {.number = 1, .last = 9}), ElementsAre(8));
  EXPECT_THAT(probe({delivery(9, 0)}, {.number = 1, .last = 9}), ElementsAre(9));
}

TEST(DeliveryChoice, ProbesWithNothingThatIsOut) {
  EXPECT_THAT(choose_probe({}, {}, {}, nobody), testing::IsEmpty());
  EXPECT_THAT(choose_probe(deliveries({1}), deliveries({1}), {}, [](const auto&) { return true; }),
              testing::IsEmpty());
}

}  // namespace
}  // namespace gatehouse::sync
