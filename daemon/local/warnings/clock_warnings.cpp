#include "daemon/local/warnings/clock_warnings.hpp"

#include <fmt/format.h>

#include "store/values/age.hpp"
#include "store/values/rfc3339.hpp"

namespace gatehouse::local {
namespace {

constexpr std::string_view meanwhile =
    "Nothing is ended, refused or deleted because of it, but Amazon accepts no call while the "
    "clock "
    "is more than 5 minutes off, and charges and records may be delayed. Run `timedatectl`, and "
    "allow NTP (UDP 123) in the store's firewall";

std::string difference(const sync::ClockEvidence::Verdict& verdict) {
  if (!verdict.ahead || std::chrono::abs(*verdict.ahead) <= sync::ClockEvidence::tolerance)
    return "";
  return fmt::format(
      "; by the answers of {} hosts it is {} {}", verdict.hosts_for + verdict.hosts_against,
      age_text(std::chrono::abs(*verdict.ahead)), verdict.ahead->count() > 0 ? "ahead" : "behind");
}

}  // namespace

void assess_clock(const Facts& facts, std::vector<Warning>& out) {
  const sync::ClockStatus& clock = facts.process.sync.clock;
  const auto& verdict = clock.verdict;
  if (verdict.state == sync::ClockState::confirmed) return;
  if (verdict.state == sync::ClockState::wrong) {
    out.push_back(
        {"clock_wrong", Severity::critical,
         fmt::format("this machine's clock stands at {}, and {} was confirmed before{}. {}",
                     rfc3339(facts.now), rfc3339(clock.newest_confirmed.value_or(facts.now)),
                     difference(verdict), meanwhile)});
    return;
  }
  const bool contradicted = verdict.hosts_against > 0;
  if (!contradicted && clock.unconfirmed_for < clock_unconfirmed_long) return;
  out.push_back(
      {"clock_doubtful", Severity::warning,
       contradicted
           ? fmt::format("this machine's clock is contradicted{}. {}", difference(verdict),
                         meanwhile)
           : fmt::format(
                 "nothing has confirmed this machine's clock for {}: it takes the Date of two "
                 "hosts, or of one and a synchronised kernel ({}). {}",
                 age_text(clock.unconfirmed_for), clock.kernel_synchronised ? "it is" : "it is not",
                 meanwhile)});
}

}  // namespace gatehouse::local
