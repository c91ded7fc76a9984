#include <gtest/gtest.h>

#include <set>

#include "store/ledger/records/delivery.hpp"
#include "store/ledger/records/refund.hpp"
#include "store/ledger/records/settlement.hpp"

namespace gatehouse::store {
namespace {

TEST(LedgerRecords, HaveATextOfTheirOwnForEachSettlementState) {
  std::set<std::string_view> texts;
  for (int number = 1; number <= 19; ++number) {
    texts.insert(to_text(static_cast<SettlementState>(number)));
  }
  EXPECT_EQ(texts.size(), 19U);
  EXPECT_FALSE(texts.contains("unknown"));
  EXPECT_EQ(to_text(SettlementState::capture_unknown), "capture_unknown");
  EXPECT_EQ(to_text(static_cast<SettlementState>(99)), "unknown");
}

TEST(LedgerRecords, ReadADeliveryStateFromItsText) {
  for (const auto state :
       {DeliveryState::pending, DeliveryState::delivered, DeliveryState::set_aside}) {
    EXPECT_EQ(delivery_state_from(to_text(state)), state);
  }
  for (const char* text : {"", "Pending", "unknown", "pending "}) {
    EXPECT_FALSE(delivery_state_from(text)) << text;
  }
}

TEST(LedgerRecords, AreFinalOnlyWhereNothingIsLeftToDo) {
  std::set<SettlementState> final_states;
  for (int number = 1; number <= 19; ++number) {
    const auto state = static_cast<SettlementState>(number);
    if (is_final(state)) final_states.insert(state);
  }
  EXPECT_EQ(final_states,
            (std::set{SettlementState::captured, SettlementState::cancelled,
                      SettlementState::declined, SettlementState::expired,
                      SettlementState::checked_out, SettlementState::settled_elsewhere}));
}

TEST(LedgerRecords, ReadARefundReasonAsAmazonWritesIt) {
  for (const char* text :
       {"DAMAGED_ITEM", "EXPIRED_ITEM", "UNWANTED_ITEM", "JWO_TECH_ERROR", "OTHER"}) {
    ASSERT_TRUE(refund_reason_from(text)) << text;
    EXPECT_EQ(to_text(*refund_reason_from(text)), text);
  }
  EXPECT_FALSE(refund_reason_from("other"));
}

}  // namespace
}  // namespace gatehouse::store
