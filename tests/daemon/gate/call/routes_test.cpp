#include "daemon/gate/call/routes.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace gatehouse::gate {
namespace {

TEST(Routes, AreFoundByTheirExactPath) {
  EXPECT_EQ(find_connector("/v1/identity/scan"), id_of<ScanConnector>);
  EXPECT_EQ(find_connector("/v1/order/purchases"), id_of<CartConnector>);
  EXPECT_EQ(find_connector("/v1/identity/identity-keys"), id_of<IdentityConnector>);
  EXPECT_EQ(find_connector("/v1/identity/scan/details"), id_of<DetailsConnector>);
  EXPECT_EQ(find_connector("/v1/fraudandabuse/shopperauthorization"),
            id_of<AuthorizationConnector>);
  EXPECT_EQ(path_of<DetailsConnector>, "/v1/identity/scan/details");
}

TEST(Routes, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const Route& route : routes) {
    for (const auto name : {route.path, route.names.metric, route.names.status}) names.insert(name);
    EXPECT_FALSE(route.names.words.empty()) << route.path;
    EXPECT_EQ(&route_of(*find_connector(route.path)), &route);
  }
  // "scan" and "scans", but no name twice.
  EXPECT_EQ(names.size(), 3 * routes.size());
}

TEST(Routes, AreFoundBehindTheirPrefixAlone) {
  EXPECT_EQ(find_connector("/prod/v1/identity/scan", "/prod"), id_of<ScanConnector>);
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
