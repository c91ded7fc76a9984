#include "daemon/local/request/access.hpp"

#include <grp.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <unistd.h>

#include "daemon/local/request/routes.hpp"

namespace gatehouse::local {
namespace {

constexpr uid_t daemon_user = 900;
const IsOperator no_operators = [](const http::PeerCredentials&) { return false; };
const IsOperator group_77 = [](const http::PeerCredentials& peer) { return peer.gid == 77; };

TEST(MayChange, IsForRootTheDaemonAndOperators) {
  EXPECT_TRUE(may_change(http::PeerCredentials{0, 0, 1}, daemon_user, no_operators));
  EXPECT_TRUE(may_change(http::PeerCredentials{daemon_user, 5, 1}, daemon_user, no_operators));
  EXPECT_TRUE(may_change(http::PeerCredentials{1000, 77, 1}, daemon_user, group_77));
}

TEST(MayChange, IsForNobodyElse) {
  EXPECT_FALSE(may_change(http::PeerCredentials{1000, 1000, 1}, daemon_user, group_77));
  EXPECT_FALSE(may_change(http::PeerCredentials{1000, 0, 1}, daemon_user, no_operators));
  EXPECT_FALSE(may_change(std::nullopt, daemon_user, [](const auto&) { return true; }));
}

TEST(MembersOf, AsksTheUserDatabase) {
  const group* const mine = getgrgid(getgid());
  ASSERT_NE(mine, nullptr);
  const std::string name = mine->gr_name;
  EXPECT_TRUE(members_of(name)({getuid(), getgid(), 1}));
  // "nobody" of Debian is in nogroup alone.
  const passwd* const nobody = getpwnam("nobody");
  ASSERT_NE(nobody, nullptr);
  EXPECT_FALSE(members_of(name)({nobody->pw_uid, nobody->pw_gid, 1}));
  EXPECT_TRUE(members_of("nogroup")({nobody->pw_uid, nobody->pw_gid, 1}));
}

TEST(MembersOf, KnowsAUserWhoIsInNoDatabaseByItsOwnGroup) {
  const group* const mine = getgrgid(getgid());
  ASSERT_NE(mine, nullptr);
  EXPECT_TRUE(members_of(mine->gr_name)({4'000'000'001U, getgid(), 1}));
}

TEST(MembersOf, IsNobodyWhereThereIsNoSuchGroup) {
  EXPECT_FALSE(members_of("gatehouse-no-such-group")({0, 0, 1}));
}

Routed routed(std::string_view method, std::string_view target) {
  const auto parsed = parse_target(target);
  return parsed ? route(method, *parsed) : Routed{};
}

TEST(Route, DecodesWhatThePathNames) {
  const auto trip = routed("GET", "/local/v1/trips/a%2Fb%20%C3%A9?x=1");
  EXPECT_EQ(trip.action, Action::trip);
  EXPECT_EQ(trip.argument, "a/b \xc3\xa9");
  EXPECT_FALSE(trip.guarded);
  const auto charge = routed("POST", "/local/v1/trips/T-1/charge");
  EXPECT_EQ(charge.action, Action::charge);
  EXPECT_EQ(charge.argument, "T-1");
  EXPECT_TRUE(charge.guarded);
  EXPECT_EQ(routed("POST", "/local/v1/records/17/retry").argument, "17");
}

TEST(Route, KnowsEveryPath) {
  EXPECT_EQ(routed("GET", "/").action, Action::page);
  EXPECT_EQ(routed("GET", "/healthz").action, Action::alive);
  EXPECT_EQ(routed("HEAD", "/readyz").action, Action::ready);
  EXPECT_EQ(routed("GET", "/readyz/scans").action, Action::scans_ready);
  EXPECT_EQ(routed("GET", "/readyz/carts").action, Action::carts_ready);
  EXPECT_EQ(routed("GET", "/metrics").action, Action::metrics);
  EXPECT_EQ(routed("GET", "/local/v1/status").action, Action::status);
  EXPECT_EQ(routed("GET", "/local/v1/records?state=pending").action, Action::records);
  EXPECT_EQ(routed("GET", "/local/v1/trips?state=held").action, Action::trips);
}

TEST(Route, TellsAWrongMethodFromAWrongPath) {
  EXPECT_EQ(routed("POST", "/metrics").allow, "GET, HEAD");
  EXPECT_EQ(routed("GET", "/local/v1/records/17/retry").allow, "POST");
  for (const auto* path :
       {"/nothing", "/local/v1/trips/", "/metrics/", "/local/v1/trips/a/b/charge"}) {
    EXPECT_EQ(routed("GET", path).action, std::nullopt) << path;
    EXPECT_EQ(routed("GET", path).allow, "") << path;
  }
}

TEST(Route, TakesNoTargetThatIsNoPath) {
  for (const auto* target : {"", "x", "*", "/%zz", "/a b"}) {
    EXPECT_FALSE(parse_target(target)) << target;
  }
}

}  // namespace
}  // namespace gatehouse::local
