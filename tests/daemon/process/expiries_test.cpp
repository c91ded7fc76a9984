#include "daemon/process/expiries.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "daemon/configuration/load.hpp"
#include "daemon/process/certificate_expiry.hpp"
#include "tests/child/child.hpp"
#include "tests/daemon/http/certificates.hpp"

namespace gatehouse::process {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)
using http::make_authority;
using http::make_identity;
using std::chrono::days;
using testing::ElementsAre;
using testing::IsEmpty;

class ExpiriesTest : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& name, const std::string& text) {
    std::ofstream(folder_.path() / name) << text;
    return folder_.path() / name;
  }
  configuration::NamedFile named(const std::string& name, const std::string& text) {
    const std::string path = write(name, text);
    return {path, path};
  }
  /// In days from now, to the nearest.
  static long days_left(WallTime end) {
    return std::chrono::round<days>(end - SystemClock().wall()).count();
  }
  /// "" where the file can be read.
  static std::string error(const std::filesystem::path& file) {
    const auto read = certificate_expiry(file, CertificateFile::own);
    return read ? "" : read.error();
  }

  child::TemporaryFolder folder_;
  const http::Identity authority_ = make_authority("CA", days(1000));
};

TEST_F(ExpiriesTest, OfOurOwnCertificateIsThatOfTheFirst) {
  const auto own = make_identity("gate", authority_, days(10));
  const auto chain = write("gate.pem", own.key + own.certificate + authority_.certificate);
  EXPECT_EQ(days_left(certificate_expiry(chain, CertificateFile::own).value()), 10);
}

TEST_F(ExpiriesTest, OfAuthoritiesIsThatOfTheLastToGo) {
  const auto expired = make_authority("old", -days(5));
  const auto bundle = write("ca.pem", authority_.certificate + expired.certificate);
  EXPECT_EQ(days_left(certificate_expiry(bundle, CertificateFile::authorities).value()), 1000);
  const auto alone = write("alone.pem", expired.certificate);
  EXPECT_EQ(days_left(certificate_expiry(alone, CertificateFile::authorities).value()), -5);
}

TEST_F(ExpiriesTest, ThatCannotBeReadSayWhy) {
  EXPECT_EQ(error(write("not.pem", "not PEM")), "contains no PEM certificate");
  EXPECT_EQ(error(write("empty.pem", "")), "contains no PEM certificate");
  EXPECT_EQ(error(folder_.path()), "is a directory");
  EXPECT_EQ(error(folder_.path() / "missing"), "cannot be read: No such file or directory");
  EXPECT_EQ(error(write("long.pem", std::string(1024 * 1024 + 1, 'x'))),
            "is longer than 1048576 bytes");
}

TEST_F(ExpiriesTest, AreOfWhatTheConfigurationUsesAndReadAnew) {
  auto wanted = configuration::defaults();
  EXPECT_THAT(certificate_expiries(wanted), IsEmpty());
  const auto own = named("own.pem", make_identity("x", authority_, days(10)).certificate);
  const auto authorities = named("ca.pem", authority_.certificate);
  wanted.gate.tls_certificate = own;
  wanted.gate.tls_client_ca = authorities;
  for (configuration::Endpoint* endpoint :
       {&wanted.feed, static_cast<configuration::Endpoint*>(&wanted.cloud)}) {
    endpoint->url.text = "https://example";
    endpoint->auth = configuration::Auth::mtls;
    endpoint->client_certificate = own;
    endpoint->ca_file = authorities;
  }
  wanted.jwo.settlement = sync::SettlementMode::payment;
  wanted.aws.credentials = sync::CredentialSource::iot;
  wanted.aws.iot_certificate = own;
  wanted.aws.iot_ca_file = authorities;
  wanted.aws.assume_role_arn = "arn";
  wanted.aws.sts_ca_file = authorities;
  std::vector<std::string> keys;
  for (const auto& expiry : certificate_expiries(wanted)) {
    keys.push_back(expiry.what);
    EXPECT_EQ(days_left(expiry.expires_at.value()), expiry.file == own.path ? 10 : 1000);
  }
  EXPECT_THAT(keys,
              ElementsAre("gate.tls_certificate", "gate.tls_client_ca", "feed.client_certificate",
                          "feed.ca_file", "cloud.client_certificate", "cloud.ca_file",
                          "aws.iot_certificate", "aws.iot_ca_file", "aws.sts_ca_file"));
  auto files = certificate_expiries(wanted);
  write("own.pem", make_identity("x", authority_, days(90)).certificate);
  auto replaced = certificate_expiries(wanted);
  files.front().expires_at = WallTime{days(1)};
  note_in_use(replaced, {files.front()});
  EXPECT_EQ(days_left(replaced.front().expires_at.value()), 90);
  EXPECT_EQ(replaced.front().in_use_until, WallTime{days(1)});
  EXPECT_FALSE(replaced.back().in_use_until);
  write("own.pem", "");
  EXPECT_EQ(certificate_expiries(wanted).front().unreadable, "contains no PEM certificate");
}

TEST_F(ExpiriesTest, OfWhatIsNamedAndNotUsedAreLeftOut) {
  auto wanted = configuration::defaults();
  const auto own = named("own.pem", authority_.certificate);
  wanted.feed.ca_file = own;  // no feed.url
  wanted.cloud.url.text = "https://example";
  wanted.cloud.client_certificate = own;  // cloud.auth is none
  wanted.aws.iot_certificate = own;       // nothing is signed
  wanted.aws.credentials = sync::CredentialSource::iot;
  EXPECT_THAT(certificate_expiries(wanted), IsEmpty());
  wanted.cloud.auth = configuration::Auth::sigv4;
  wanted.cloud.assume_role_arn = "arn";
  wanted.aws.sts_ca_file = own;
  ASSERT_EQ(certificate_expiries(wanted).size(), 2U);
  EXPECT_EQ(certificate_expiries(wanted).front().what, "aws.iot_certificate");
  EXPECT_EQ(certificate_expiries(wanted).back().what, "aws.sts_ca_file");
}

TEST_F(ExpiriesTest, OfTheArchiveKeyAreAsItsPackageSays) {
  EXPECT_FALSE(archive_key_expiry(folder_.path() / "missing"));
  const auto never = archive_key_expiry(write("expires", "never\n")).value();
  EXPECT_FALSE(never.expires_at);
  EXPECT_EQ(never.unreadable, "");
  const auto dated = archive_key_expiry(write("expires", "2028-11-24T00:00:00Z\n")).value();
  EXPECT_EQ(dated.expires_at, WallTime{std::chrono::sys_days{2028y / 11 / 24}});
  EXPECT_EQ(dated.what, "archive_key");
}

TEST_F(ExpiriesTest, OfTheArchiveKeyThatMakeNoSenseSaySo) {
  for (const std::string text :
       {"", "soon\n", "2028-11-24\n", "never\nnever\n", "2028-11-24T00:00:00Z x\n"}) {
    const auto expiry = archive_key_expiry(write("expires", text)).value();
    EXPECT_FALSE(expiry.expires_at) << text;
    EXPECT_EQ(expiry.unreadable,
              "is not a single line with a time such as 2028-11-24T00:00:00Z, or never")
        << text;
  }
  const auto endless = archive_key_expiry(write("expires", std::string(257, 'x'))).value();
  EXPECT_EQ(endless.unreadable, "is longer than 256 bytes");
}

}  // namespace
}  // namespace gatehouse::process
