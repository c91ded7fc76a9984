#include "daemon/local/warnings/release_warnings.hpp"

#include <fmt/format.h>

namespace gatehouse::local {

void assess_release(const Facts& facts, std::vector<Warning>& out) {
  if (!facts.process.rollback) return;
  const RollbackReport& report = *facts.process.rollback;
  const std::string story =
      fmt::format("release {} failed at {} ({}) and ", report.from, report.at, report.reason);
  switch (report.outcome) {
    case RollbackReport::Outcome::unreadable:
      out.push_back({"release_rolled_back", Severity::notice,
                     "a release was taken back, and the report of it cannot be read: it " +
                         report.reason + ". See `journalctl -u gatehouse-rollback`"});
      return;
    case RollbackReport::Outcome::rolled_back:
      out.push_back({"release_rolled_back", Severity::warning,
                     fmt::format("{}was taken back to {}; it is not installed again; the next "
                                 "release is",
                                 story, report.to)});
      return;
    case RollbackReport::Outcome::failed:
      out.push_back(
          {"release_rollback_failed", Severity::critical,
           fmt::format("{}could not be taken back to {}: see `journalctl -u "
                       "gatehouse-rollback`, then `apt-get install gatehouse={}` or, where "
                       "that cannot read the ledger any more, publish a newer release",
                       story, report.to, report.to)});
  }
}

}  // namespace gatehouse::local
