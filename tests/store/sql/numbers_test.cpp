// The names that stand for numbers in the statements, held against the enumerations.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>

#include "store/ledger/ledger_identity.hpp"
#include "store/ledger/records/delivery.hpp"
#include "store/ledger/records/settlement.hpp"
#include "store/ledger/records/trip.hpp"
#include "store/sql/ledger_sql.hpp"

namespace gatehouse::store {
namespace {

// No default: a new enumerator that is missing here is a warning, and so an error.
std::string_view name_of(Lane lane) {
  switch (lane) {
    case Lane::cloud:
      return "cloud";
    case Lane::amazon:
      return "amazon";
    case Lane::feedback:
      return "feedback";
  }
  return "unknown";
}

std::string_view name_of(GapKind kind) {
  switch (kind) {
    case GapKind::missing:
    case GapKind::other:
    case GapKind::behind:
    case GapKind::witness_lost:
    case GapKind::copied:
      return to_text(kind);
  }
  return "unknown";
}

std::string_view name_of(PricedBy by) {
  switch (by) {
    case PricedBy::nobody:
      return "nobody";
    case PricedBy::cloud:
      return "cloud";
    case PricedBy::person:
      return "person";
  }
  return "unknown";
}

std::string_view name_of(auto enumerator) {
  return to_text(enumerator);
}

using Names = std::map<std::string, std::int64_t, std::less<>>;

template <class Enumeration>
void add(Names& names, const std::string& what) {
  for (int number = -1; number < 256; ++number) {
    const std::string_view name = name_of(static_cast<Enumeration>(number));
    if (name != "unknown") names[what + "." + std::string(name)] = number;
  }
}

TEST(NumbersInStatements, AreEachEnumeratorsOwnUnderOneName) {
  Names expected;
  add<DecisionState>(expected, "decision");
  add<DeliveryState>(expected, "delivery");
  add<DeliveryKind>(expected, "kind");
  add<GapKind>(expected, "gap");
  add<PricedBy>(expected, "priced");
  add<Lane>(expected, "lane");
  add<SettlementState>(expected, "settlement");
  Names found;
  for (const auto& [name, number] : ledger_sql::numbers) {
    EXPECT_TRUE(found.emplace(name, number).second) << name << " is there twice";
  }
  EXPECT_EQ(found, expected);
  EXPECT_EQ(found.size(), 45U);
}

/// Whether numbers_of() and the names know the same numbers.
template <class Enumeration>
void compare_numbers() {
  for (int number = -1; number < 256; ++number) {
    const auto value = static_cast<Enumeration>(number);
    const bool named = name_of(value) != "unknown";
    EXPECT_EQ(numbers_of(value).holds(number), named) << number;
  }
}

TEST(NumbersOnDisk, AreThoseOfTheEnumeratorsAndNoOthers) {
  compare_numbers<DecisionState>();
  compare_numbers<DecisionWord>();
  compare_numbers<DeliveryKind>();
  compare_numbers<DeliveryState>();
  compare_numbers<Entry>();
  compare_numbers<GapKind>();
  compare_numbers<PricedBy>();
  compare_numbers<RefundReason>();
  compare_numbers<SettlementState>();
}

TEST(NumbersInStatements, AllHaveBeenPutIn) {
  for (const auto& [name, text] : ledger_sql::statements) {
    EXPECT_EQ(std::string_view(text).find_first_of("{}"), std::string_view::npos) << name;
  }
}

}  // namespace
}  // namespace gatehouse::store
