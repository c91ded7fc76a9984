#include "sync/amazon/charge_limit.hpp"

#include <gmock/gmock.h>

#include <limits>

namespace gatehouse::sync {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using State = store::SettlementState;

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

store::Settlement priced(const Money& price) {
  store::Settlement made;
  made.state = State::adjust_due;
  made.purchase_id = "p-1";
  made.amount = price;
  made.approved = price;
  return made;
}

std::string objection(const Money& price, const ChargeLimit& limit, Call call = Call::adjust) {
  return objection_to(priced(price), call, limit);
}

TEST(ChargeLimit, ComparesWholeMinorUnits) {
  const ChargeLimit limit{"USD", "500.00"};
  EXPECT_THAT(objection({50'000, "USD"}, limit), IsEmpty());
  EXPECT_THAT(objection({50'001, "USD"}, limit), HasSubstr("jwo.charge_max (500.00 USD)"));
  EXPECT_THAT(objection({largest, "USD"}, limit), HasSubstr("jwo.charge_max"));
  EXPECT_THAT(objection({largest, "USD"}, {"USD", "92233720368547758.06"}), HasSubstr("jwo"));
  EXPECT_THAT(objection({largest, "USD"}, {"USD", "92233720368547758.07"}), IsEmpty());
  EXPECT_THAT(objection({501, "JPY"}, {"JPY", "500"}), HasSubstr("500 JPY"));
}

TEST(ChargeLimit, RepeatsNoPriceWhoseDigitsCouldBeACardNumber) {
  EXPECT_THAT(objection({411'111'111'111'111'1, "USD"}, {"USD", "500.00"}),
              testing::Not(HasSubstr("4111")));
}

TEST(ChargeLimit, IsOneOfTheStoresCurrency) {
  EXPECT_THAT(objection({1, "XXX"}, {"USD", "500.00"}), HasSubstr("store.currency is USD"));
  EXPECT_THAT(objection({1, "XXX"}, {"USD", ""}), HasSubstr("the price is in XXX"));
  EXPECT_THAT(objection({1, "XXX"}, {}), IsEmpty()) << "nothing was said";
  EXPECT_THAT(objection({50'001, "EUR"}, {"", "500.00"}), HasSubstr("jwo.charge_max"))
      << "without a currency it is one of the price's";
  EXPECT_THAT(objection({1, "JPY"}, {"", "500.50"}), HasSubstr("cannot be compared"));
}

TEST(ChargeLimit, HoldsCurrenciesWhoseDecimalsAmazonHasNotPublished) {
  for (const auto* code : {"KWD", "BHD", "TND", "CLF"}) {
    EXPECT_THAT(objection({1, code}, {code, "500"}), HasSubstr("decimals")) << code;
  }
}

TEST(ChargeLimit, CountsForEachCallThatCharges) {
  const ChargeLimit limit{"USD", "1.00"};
  for (const auto call : {Call::adjust, Call::capture, Call::checkout}) {
    EXPECT_THAT(objection({101, "USD"}, limit, call), HasSubstr("jwo.charge_max"));
    EXPECT_THAT(objection({100, "USD"}, limit, call), IsEmpty());
  }
  for (const auto call : {Call::cancel, Call::transactional_data, Call::shopper_identity}) {
    EXPECT_THAT(objection({101, "USD"}, limit, call), IsEmpty());
  }
}

TEST(ChargeLimit, LetsExactlyTheConfirmedPricePass) {
  auto confirmed = priced({9'999'999, "XXX"});
  confirmed.confirmed = confirmed.amount;
  const ChargeLimit limit{"USD", "1.00"};
  EXPECT_THAT(objection_to(confirmed, Call::adjust, limit), IsEmpty());
  confirmed.amount = Money{9'999'998, "XXX"};
  EXPECT_THAT(objection_to(confirmed, Call::adjust, limit), HasSubstr("XXX"));
  confirmed.amount = Money{9'999'999, "XXY"};
  EXPECT_THAT(objection_to(confirmed, Call::adjust, limit), HasSubstr("XXY"));
}

TEST(ChargeLimit, ComparesWhatACaptureStatesAndNotThePrice) {
  auto part = priced({2'000, "USD"});
  part.part = part.approved = Money{500, "USD"};
  EXPECT_THAT(objection_to(part, Call::capture, {"USD", "10.00"}), IsEmpty());
  EXPECT_THAT(objection_to(part, Call::adjust, {"USD", "10.00"}), HasSubstr("jwo.charge_max"));
}

TEST(Approval, IsNeverExceededByACapture) {
  auto charge = priced({1'599, "USD"});
  for (const auto& approved :
       {std::optional<Money>{}, std::optional(Money{1'598, "USD"}),
        std::optional(Money{1'599, "EUR"}), std::optional(Money{0, "USD"})}) {
    charge.approved = approved;
    EXPECT_THAT(objection_to(charge, Call::capture, {}), HasSubstr("approved last"));
  }
  for (const std::int64_t approved : {1'599, 1'600}) {
    charge.approved = Money{approved, "USD"};
    EXPECT_THAT(objection_to(charge, Call::capture, {}), IsEmpty());
  }
  charge.confirmed = charge.amount;
  charge.approved = Money{1'598, "USD"};
  EXPECT_THAT(objection_to(charge, Call::capture, {}), HasSubstr("approved last"))
      << "whoever confirmed the price";
}

TEST(Calls, AreNotMadeAfterOnesThatExcludeThem) {
  auto charge = priced({1'599, "USD"});
  charge.charge_unclear = true;
  EXPECT_THAT(objection_to(charge, Call::adjust, {}), HasSubstr("nothing is adjusted"));
  charge.charge_unclear = false;
  charge.cancels_left = 1;
  EXPECT_THAT(objection_to(charge, Call::adjust, {}), HasSubstr("cancellation"));
  EXPECT_THAT(objection_to(charge, Call::capture, {}), HasSubstr("cancellation"));
  EXPECT_THAT(objection_to(charge, Call::cancel, {}), IsEmpty());
}

TEST(AdjustPace, WaitsTwiceAsLongEachTime) {
  using namespace std::chrono_literals;
  EXPECT_EQ(next_adjust(0), 30s);
  EXPECT_EQ(next_adjust(1), 30s);
  EXPECT_EQ(next_adjust(2), 60s);
  EXPECT_EQ(next_adjust(3), 120s);
  EXPECT_EQ(next_adjust(adjusts_max - 1), next_adjust_max);
  EXPECT_EQ(next_adjust(1'000'000), 30s * 512);
}

TEST(AdjustPace, CountsWhatTheRetryPolicyHasNot) {
  auto charge = priced({1'599, "USD"});
  charge.state = State::adjust_sent;
  charge.adjusts_sent = 12;
  charge.adjusts_not_counted = 3;
  EXPECT_THAT(objection_to(charge, Call::adjust, {}), IsEmpty());
  charge.adjusts_not_counted = 2;
  EXPECT_THAT(objection_to(charge, Call::adjust, {}), HasSubstr("10 calls"));
  for (const auto event : {Event::not_done, Event::unclear, Event::unknown_trip}) {
    EXPECT_EQ(adjusts_not_counted_after(charge, event), 3);
  }
  EXPECT_EQ(adjusts_not_counted_after(charge, Event::pending), std::nullopt);
  charge.state = State::capture_sent;
  EXPECT_EQ(adjusts_not_counted_after(charge, Event::not_done), std::nullopt);
}

}  // namespace
}  // namespace gatehouse::sync
