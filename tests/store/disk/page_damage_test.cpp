// Every page of a small ledger and of a small cache, zeroed and with a bit that is another one:
// what each use of them comes to. Run it with --gtest_filter='PageDamage*' to see the tables.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

#include "tests/child/child.hpp"
#include "tests/store/disk/page_survey.hpp"

namespace gatehouse::store {
namespace {

constexpr int flips_a_page = 10;

bool has_wrong(const Finding& finding, const std::string& questions) {
  for (const std::string& each : finding.wrong) {
    if (each.starts_with(questions)) return true;
  }
  return false;
}

void show(const char* what, const std::vector<Finding>& findings) {
  std::cout << what << '\n' << table_of(findings);
  for (const Finding& each : findings) {
    if (each.damage != Damage::unnoticed && each.damage != Damage::wrong) continue;
    std::cout << fmt::format(
        "  page {} ({}), {}: {}\n", each.page.number, each.page.kind, each.how,
        fmt::join(each.wrong.begin(),
                  each.wrong.begin() + std::min<std::ptrdiff_t>(4, std::ssize(each.wrong)), ", "));
  }
}

TEST(PageDamage, OfTheLedgerNeverSendsOtherBytesNorAnswersACartAsAnotherOne) {
  const child::TemporaryFolder folder;
  const auto file = folder.path() / "ledger.db";
  const int trips = make_ledger(file);
  ASSERT_GE(pages_of(file).size(), 60U);
  const auto findings = survey(file, flips_a_page, [trips](const std::filesystem::path& damaged) {
    return facts_of_ledger(damaged, trips);
  });
  show("ledger", findings);
  for (const Finding& each : findings) {
    EXPECT_FALSE(has_wrong(each, "bytes ")) << each.page.kind << ": " << each.how;
    if (each.page.kind == "index sqlite_autoindex_trip_1") {
      EXPECT_FALSE(has_wrong(each, "answered ")) << each.how;
    }
    if (each.how != "zeroed") continue;
    EXPECT_TRUE(each.wrong.empty()) << each.page.kind << ": " << fmt::format("{}", each.wrong);
  }
}

TEST(PageDamage, OfTheCacheIsToldWhereAPageIsGone) {
  const child::TemporaryFolder folder;
  const auto file = folder.path() / "cache.db";
  make_cache(file);
  ASSERT_GE(pages_of(file).size(), 60U);
  const auto findings = survey(file, flips_a_page, facts_of_cache);
  show("cache", findings);
  for (const Finding& each : findings) {
    if (each.how != "zeroed") continue;
    EXPECT_NE(each.damage, Damage::unnoticed) << each.page.kind << ": " << each.how;
  }
}

}  // namespace
}  // namespace gatehouse::store
