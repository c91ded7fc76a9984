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
                     "a release was rolled back, and its report cannot be read: it " +
                         report.reason + ". See `journalctl -u gatehouse-rollback`"});
      return;
    case RollbackReport::Outcome::rolled_back:
      out.push_back({"release_rolled_back", Severity::warning,
                     fmt::format("{}was rolled back to {}; it is not installed again, but the next "
                                 "release is",
                                 story, report.to)});
      return;
    case RollbackReport::Outcome::failed:
      out.push_back(
          {"release_rollback_failed", Severity::critical,
           fmt::format("{}could not be rolled back to {}: see `journalctl -u gatehouse-rollback`, "
                       "then run `apt-get install gatehouse={}` or, if that version cannot read "
                       "the ledger any more, publish a newer release",
                       story, report.to, report.to)});
  }
}

}  // namespace gatehouse::local
