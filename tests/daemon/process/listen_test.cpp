#include "daemon/process/listen.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace gatehouse::process {
namespace {

using configuration::Configuration;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// "key: message" of each warning, or "refused: …".
std::vector<std::string> said(const Configuration& configuration, const PassedAddresses& passed) {
  const auto warnings = assess_passed(configuration, passed);
  if (!warnings) return {"refused: " + warnings.error().message};
  std::vector<std::string> texts;
  for (const auto& warning : *warnings) texts.push_back(warning.key + ": " + warning.message);
  return texts;
}

Configuration with_token() {
  Configuration wanted = configuration::defaults();
  wanted.gate.bearer_token_file.source = "/etc/gatehouse/token";
  return wanted;
}

TEST(PassedSockets, AreFineWhereOnlyThisMachineReachesThem) {
  const Configuration wanted = configuration::defaults();
  EXPECT_THAT(said(wanted, {}), IsEmpty());
  for (const std::string address : {"127.0.0.1:8080", "[::1]:8080", "[::ffff:127.0.0.1]:8080",
                                    "/run/gatehouse/gate.sock", "@gatehouse"}) {
    EXPECT_THAT(said(wanted, {{address}, {address}, {address}}), IsEmpty()) << address;
  }
}

TEST(PassedSockets, OfTheGateAreRefusedWhereOthersReachThemWithoutProof) {
  for (const std::string address : {"0.0.0.0:8080", "[::]:8080", "192.168.1.5:80",
                                    "[fe80::1%2]:8080", "[::ffff:10.0.0.1]:8080", "?"}) {
    EXPECT_THAT(
        said(configuration::defaults(), {{"127.0.0.1:8080", address}, {}, {}}),
        ElementsAre("refused: gate.listen: the socket " + address +
                    " that systemd passes is reachable from other machines without "
                    "authentication: set gate.tls_client_ca or gate.bearer_token_file, or "
                    "gate.insecure = true if that is intended. Or give it a loopback address with "
                    "`systemctl edit gatehouse-gate.socket`"));
  }
}

TEST(PassedSockets, OfTheGateMayBeReachedWithProofOrOnPurpose) {
  Configuration wanted = with_token();
  const PassedAddresses open{{"0.0.0.0:8080"}, {}, {}};
  EXPECT_THAT(said(wanted, open),
              ElementsAre(HasSubstr("gate.bearer_token_file: the token travels unencrypted")));
  wanted.gate.tls_certificate.source = "/etc/gatehouse/gate.pem";
  EXPECT_THAT(said(wanted, open), IsEmpty());
  wanted = configuration::defaults();
  wanted.gate.insecure = true;
  EXPECT_THAT(said(wanted, open), ElementsAre(HasSubstr("gate.insecure: whoever reaches 0.0.0.0")));
}

TEST(PassedSockets, OfTheStatusPageAreWarnedOfWhereOthersReachThem) {
  EXPECT_THAT(said(configuration::defaults(), {{}, {"0.0.0.0:8081"}, {}}),
              ElementsAre("local.listen: other machines can read status and metrics"));
}

TEST(PassedSockets, SayNothingTwiceThatTheConfigurationSaysToo) {
  Configuration wanted = with_token();
  wanted.gate.listen.text = "0.0.0.0:9000";
  EXPECT_THAT(said(wanted, {{"0.0.0.0:9000"}, {}, {}}), IsEmpty());
}

TEST(PassedSockets, AreASurpriseToWhoConfiguredAnotherAddress) {
  Configuration wanted = configuration::defaults();
  wanted.gate.listen.text = "127.0.0.1:9000";
  wanted.local.listen.text = "127.0.0.1:9001";
  wanted.local.control_socket = "/run/other.sock";
  const PassedAddresses passed{
      {"127.0.0.1:8080", "[::1]:8080"}, {"127.0.0.1:8081"}, {"/run/gatehouse/control.sock"}};
  EXPECT_THAT(said(wanted, passed),
              ElementsAre("gate.listen: is set to 127.0.0.1:9000, but systemd passes "
                          "127.0.0.1:8080, [::1]:8080: change that with `systemctl edit "
                          "gatehouse-gate.socket`",
                          HasSubstr("`systemctl edit gatehouse-local.socket`"),
                          "local.control_socket: is set to /run/other.sock, but systemd passes "
                          "/run/gatehouse/control.sock: change that with `systemctl edit "
                          "gatehouse-control.socket`"));
  EXPECT_TRUE(
      std::ranges::all_of(*assess_passed(wanted, passed), &configuration::ConfigWarning::pressing));
  wanted.gate.listen.text = "[::1]:8080";
  wanted.local = configuration::defaults().local;
  EXPECT_THAT(said(wanted, passed), IsEmpty());
}

}  // namespace
}  // namespace gatehouse::process
