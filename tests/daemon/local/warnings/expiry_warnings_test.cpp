#include "daemon/local/warnings/expiry_warnings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/local/warnings/warnings.hpp"
#include "tests/daemon/local/warnings/facts_of_a_good_day.hpp"

namespace gatehouse::local {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using testing::HasSubstr;
using testing::IsEmpty;

struct Stage {
  std::string name;
  milliseconds left;
  std::string severity;  ///< '' : nothing is said
  std::string text;
};
std::string name_of(const testing::TestParamInfo<Stage>& info) {
  return info.param.name;
}

class Expires : public testing::TestWithParam<Stage> {
 protected:
  void expect(const std::string& code, const std::string& text) const {
    const auto warnings = assess(facts);
    if (GetParam().severity.empty()) {
      EXPECT_THAT(warnings, IsEmpty());
      return;
    }
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_EQ(warnings[0].code, code);
    EXPECT_EQ(to_text(warnings[0].severity), GetParam().severity);
    EXPECT_THAT(warnings[0].text, HasSubstr(text + GetParam().text));
  }
  Facts facts = good_day();
};

TEST_P(Expires, AndACertificateIsWarnedOfInTime) {
  facts.process.certificates = {
      {"gate.tls_certificate", "/etc/gate.pem", facts.now + GetParam().left}};
  expect("certificate_expiring", "gate.tls_certificate: the certificate in /etc/gate.pem ");
}

TEST_P(Expires, AndTheKeyOfTheRepositoryIsWarnedOfInTime) {
  facts.process.archive_key = Expiry{"archive_key", "/x/expires", facts.now + GetParam().left};
  expect("archive_key_expiring", "the key of the package repository ");
}

const Stage stages[] = {
    {"far", days(60), "", ""},
    {"in_60_days", days(60) - 1ms, "notice", "expires in 59 d 23 h (2025-07-01T00:05:18.249Z)"},
    {"in_30_days", days(30), "notice", "expires in 30 d 0 h"},
    {"below_30_days", days(30) - 1ms, "warning", "expires in 29 d 23 h"},
    {"in_7_days", days(7), "warning", "expires in 7 d 0 h"},
    {"below_7_days", days(7) - 1ms, "critical", "expires in 6 d 23 h"},
    {"now", 0ms, "critical", "expired 0 s ago"},
    {"long_ago", -days(3), "critical", "expired 3 d 0 h ago (2025-04-29T00:05:18.250Z)"},
};
INSTANTIATE_TEST_SUITE_P(Table, Expires, testing::ValuesIn(stages), name_of);

TEST(Expiries, SayWhatToDo) {
  Facts facts = good_day();
  facts.process.certificates = {{"cloud.ca_file", "/etc/ca.pem", facts.now}};
  facts.process.archive_key = Expiry{"archive_key", "/x/expires", facts.now};
  const auto warnings = assess(facts);
  ASSERT_EQ(warnings.size(), 2U);
  EXPECT_THAT(warnings[0].text, HasSubstr("once expired, no update is installed. Install the newer "
                                          "gatehouse-archive-keyring"));
  EXPECT_THAT(warnings[1].text, HasSubstr("`systemctl restart gatehouse`"));
  EXPECT_EQ(warnings[1].about, "cloud.ca_file");
}

TEST(Expiries, OfWhatNeverExpiresAreNotSpokenOf) {
  Facts facts = good_day();
  facts.process.archive_key = Expiry{"archive_key", "/x/expires"};
  EXPECT_THAT(assess(facts), IsEmpty());
}

TEST(Expiries, AreThoseOfTheCertificateInUseUntilARestart) {
  Facts facts = good_day();
  facts.process.certificates = {{.what = "gate.tls_certificate",
                                 .file = "/etc/gate.pem",
                                 .expires_at = facts.now + days(90),
                                 .in_use_until = facts.now + days(6)}};
  const auto warnings = assess(facts);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(to_text(warnings[0].severity), "critical");
  EXPECT_THAT(
      warnings[0].text,
      HasSubstr(
          "gate.tls_certificate: the certificate in use expires in 6 d 0 h (2025-05-"
          "08T00:05:18.250Z), and /etc/gate.pem contains a newer one: run `systemctl restart"));
  facts.process.certificates.front().in_use_until = facts.now + days(60);
  EXPECT_THAT(assess(facts), IsEmpty());
}

TEST(Expiries, ThatCannotBeReadAreSpokenOf) {
  Facts facts = good_day();
  facts.process.archive_key = Expiry{"archive_key", "/x/expires", {}, "is not one line"};
  facts.process.certificates = {{"cloud.ca_file", "/etc/ca.pem", {}, "holds no certificate"}};
  const auto warnings = assess(facts);
  ASSERT_EQ(warnings.size(), 2U);
  EXPECT_EQ(warnings[0].code, "certificate_expiring");
  EXPECT_EQ(to_text(warnings[0].severity), "warning");
  EXPECT_THAT(warnings[0].text, HasSubstr("cloud.ca_file: /etc/ca.pem holds no certificate."));
  EXPECT_EQ(warnings[1].code, "archive_key_expiring");
  EXPECT_EQ(to_text(warnings[1].severity), "notice");
  EXPECT_THAT(warnings[1].text, HasSubstr("is not known: /x/expires is not one line"));
}

}  // namespace
}  // namespace gatehouse::local
