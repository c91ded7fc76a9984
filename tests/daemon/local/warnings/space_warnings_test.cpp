#include "daemon/local/warnings/space_warnings.hpp"

#include <gmock/gmock.h>

#include "daemon/local/warnings/warnings.hpp"
#include "tests/daemon/local/warnings/facts_of_a_good_day.hpp"

namespace gatehouse::local {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::int64_t mebibyte = std::int64_t{1024} * 1024;

std::vector<Warning> warnings_of(SpaceFacts space) {
  Facts facts = good_day();
  facts.process.space = std::move(space);
  return assess(facts);
}

SpaceFacts with_free(std::int64_t mebibytes) {
  return {.measured = FreeSpace{mebibytes * mebibyte, 32'000 * mebibyte},
          .reserve_bytes = 64 * mebibyte,
          .reserve_wanted_bytes = 64 * mebibyte};
}

TEST(Space, IsNoWarningWhileThereIsEnough) {
  EXPECT_THAT(warnings_of(with_free(256)), IsEmpty());
  EXPECT_THAT(warnings_of({}), IsEmpty()) << "it was not measured yet";
}

TEST(Space, IsAWarningLongBeforeAnythingWaitsForIt) {
  const auto warnings = warnings_of(with_free(255));
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_EQ(warnings[0].code, "disk_low");
  EXPECT_EQ(warnings[0].severity, Severity::warning);
  EXPECT_THAT(warnings[0].text, HasSubstr("has 255 MiB free. Free some space"));
}

TEST(Space, IsCriticalOnceHardlyAnyIsLeftOrTheReserveWasGivenUp) {
  EXPECT_EQ(warnings_of(with_free(32)).at(0).severity, Severity::warning);
  EXPECT_EQ(warnings_of(with_free(31)).at(0).severity, Severity::critical);
  SpaceFacts space = with_free(60);
  space.reserve_given_up = true;
  space.reserve_bytes = 0;
  space.reserve_trouble = "2 MiB are free, it needs twice its size";
  const auto warnings = warnings_of(space);
  ASSERT_THAT(warnings, SizeIs(1)) << "one warning is enough";
  EXPECT_EQ(warnings[0].severity, Severity::critical);
  EXPECT_THAT(warnings[0].text, HasSubstr("the reserve was given up"));
}

TEST(Space, ThatIsUsedUpSoonAtThisRateIsAWarning) {
  SpaceFacts space = with_free(900);
  space.growth_bytes_a_day = 100 * mebibyte;
  auto warnings = warnings_of(space);
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_EQ(warnings[0].code, "disk_filling");
  EXPECT_EQ(warnings[0].severity, Severity::warning);
  EXPECT_THAT(warnings[0].text, HasSubstr("full in 9 d 0 h at the rate of the last hours"));
  space.growth_bytes_a_day = 450 * mebibyte;
  EXPECT_EQ(warnings_of(space).at(0).severity, Severity::warning) << "one package is no trend";
  space.growth_bytes_a_day = 60 * mebibyte;
  EXPECT_THAT(warnings_of(space), IsEmpty()) << "in fifteen days";
}

TEST(Space, WithoutAReserveIsAWarning) {
  SpaceFacts space = with_free(300);
  space.reserve_bytes = 0;
  space.reserve_trouble = "100 MiB are free, it needs twice its size";
  const auto warnings = warnings_of(space);
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_EQ(warnings[0].code, "disk_reserve_missing");
  EXPECT_EQ(warnings[0].severity, Severity::warning);
  EXPECT_THAT(warnings[0].text, HasSubstr("0 of 64 MiB (store.reserve)"));
}

}  // namespace
}  // namespace gatehouse::local
