#include "daemon/gate/connector/routes.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::gate {
namespace {

TEST(Routes, AreFoundByTheirExactPath) {
  EXPECT_EQ(find_connector("/v1/identity/scan"), Connector::scan);
  EXPECT_EQ(find_connector("/v1/order/purchases"), Connector::purchases);
  EXPECT_EQ(find_connector("/v1/identity/identity-keys"), Connector::identity_keys);
  EXPECT_EQ(find_connector("/v1/identity/scan/details"), Connector::scan_details);
  EXPECT_EQ(find_connector("/v1/fraudandabuse/shopperauthorization"),
            Connector::shopper_authorization);
  EXPECT_EQ(path_of(Connector::scan_details), "/v1/identity/scan/details");
}

TEST(Routes, AreFoundBehindTheirPrefixAlone) {
  EXPECT_EQ(find_connector("/prod/v1/identity/scan", "/prod"), Connector::scan);
  for (const auto* const path :
       {"/v1/identity/scan", "/prod//v1/identity/scan", "/prod", "/prod/", "/Prod/v1/identity/scan",
        "/prod/prod/v1/identity/scan", "/production/v1/identity/scan"}) {
    EXPECT_EQ(find_connector(path, "/prod"), std::nullopt) << path;
  }
}

TEST(Routes, AreNotFoundByAnyOther) {
  for (const auto* const path :
       {"", "/", "/v1/order/purchases/", "/v1/order/purchase", "v1/order/purchases",
        "/V1/order/purchases", "//v1/order/purchases", "/prod/v1/order/purchases",
        "/v1/order%2Fpurchases", "/v1/identity/scan/detail", "/v1/identity/identitykeys"}) {
    EXPECT_EQ(find_connector(path), std::nullopt) << path;
  }
}

TEST(Routes, AreGuessedByTheFewestChanges) {
  for (const auto* const path :
       {"/v1/order/purchases/", "/v1/order/purchase", "v1/order/purchases", "/v1/orders/purchases",
        "/prod/v1/order/purchases", "/v2/ordre/purchases", "/purchases"}) {
    EXPECT_EQ(nearest_route(path), "/v1/order/purchases") << path;
  }
  for (const auto* const path : {"/v1/identity/scan/", "/identity/scan", "/v1/identiy/scan",
                                 "/v1/identity/scann", "/stage/v1/identity/scan"}) {
    EXPECT_EQ(nearest_route(path), "/v1/identity/scan") << path;
  }
}

TEST(Routes, AreGuessedBehindAnyBasePath) {
  EXPECT_EQ(nearest_route('/' + std::string(100'000, 'x') + "/v1/order/purchases"),
            "/v1/order/purchases");
}

}  // namespace
}  // namespace gatehouse::gate
