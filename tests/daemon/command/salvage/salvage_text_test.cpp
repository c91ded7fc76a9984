#include "daemon/command/salvage/salvage_text.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

namespace gatehouse::command {
namespace {

using testing::HasSubstr;

TEST(SalvageText, SaysWhatIsLostAndHowTheNewLedgerIsPutInPlace) {
  store::SalvageReport report;
  report.file = "/var/lib/gatehouse/ledger.db.salvaged-20261130T200000Z";
  report.was = {"an-id", 2, 70};
  report.is = {"an-id", 3, 71};
  report.witness = store::LedgerMark{"an-id", 2, 90};
  report.tables = {{"trip", 10, 1, 1, 1, 2, {{4, 5}, {9, 9}}, {{4, 5}}, true}};
  report.notes = {{"trip", 7, "cart could not be read"}};
  report.trips = {"T-4"};
  report.withheld = {3, 1, {{1'598, "USD"}}};
  const std::string text = salvage_text(report, "/var/lib/gatehouse/ledger.db", "20261130T200000Z");
  for (const char* part :
       {"20 commits are missing at its end", "trip: 10 rows taken over, 1 of them in part",
        "2 lost (rows 4-5, 9)", "trip 7: cart could not be read", "1 trips lack something",
        "3 charges are withheld, 1 of them without a price; 15.98 USD",
        "mv -n '/var/lib/gatehouse/ledger.db' '/var/lib/gatehouse/ledger.db.damaged-2026",
        "gatehouse ledger accept --dry-run"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(salvage_json(report),
              HasSubstr(R"("lostRows":[{"from":4,"to":5},{"from":9,"to":9}])"));
}

TEST(SalvageText, QuotesWhatAShellWouldReadOtherwise) {
  store::SalvageReport report;
  report.file = "/a'b/new";
  EXPECT_THAT(salvage_text(report, "/a'b/ledger.db", "t"), HasSubstr("mv -n '/a'\\''b/new'"));
}

TEST(SalvageLock, KeepsTheDaemonOutForAsLongAsItIsHeld) {
  std::string folder = (std::filesystem::temp_directory_path() / "salvage-lock-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::filesystem::path ledger = std::filesystem::path(folder) / "ledger.db";
  const Descriptor of_daemon(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  {
    const Descriptor lock = open_folder_of(ledger);
    ASSERT_TRUE(keeps_daemon_out(lock));
    EXPECT_NE(::flock(of_daemon.number(), LOCK_EX | LOCK_NB), 0);
    EXPECT_EQ(errno, EWOULDBLOCK);
  }
  EXPECT_EQ(::flock(of_daemon.number(), LOCK_EX | LOCK_NB), 0);
  EXPECT_FALSE(keeps_daemon_out(open_folder_of(ledger)));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace gatehouse::command
