#include "daemon/gate/decision/purchase_id.hpp"

#include <gtest/gtest.h>

#include "store/values/uuid.hpp"

namespace gatehouse::gate {
namespace {

TEST(PurchaseId, IsTheSameForTheSameTripForEver) {
  // A literal: if this changes, a repeated cart of yesterday gets another answer tomorrow.
  EXPECT_EQ(purchase_id_of("STORE-001", "11111111-2222-3333-4444-555555555555"),
            "2c7b7b85-de83-53db-8b33-b76a23992887");
  EXPECT_TRUE(is_uuid(purchase_id_of("STORE-001", "11111111-2222-3333-4444-555555555555")));
}

TEST(PurchaseId, DiffersBetweenTripsAndStores) {
  EXPECT_NE(purchase_id_of("STORE-001", "a"), purchase_id_of("STORE-001", "b"));
  EXPECT_NE(purchase_id_of("STORE-001", "a"), purchase_id_of("STORE-002", "a"));
}

}  // namespace
}  // namespace gatehouse::gate
