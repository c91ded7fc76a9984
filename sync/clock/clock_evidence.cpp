#include "sync/clock/clock_evidence.hpp"

#include <algorithm>
#include <vector>

#include "store/values/text/ascii.hpp"

namespace gatehouse::sync {
namespace {

using std::chrono::seconds;

/// How often the newest confirmed time goes to disk.
constexpr std::chrono::hours note_interval{1};

}  // namespace

std::string_view to_text(ClockState state) {
  switch (state) {
    case ClockState::doubtful:
      return "doubtful";
    case ClockState::confirmed:
      return "confirmed";
    case ClockState::wrong:
      break;
  }
  return "wrong";
}

void ClockEvidence::heard(std::string_view host, seconds ahead, milliseconds since_boot) {
  if (host.empty()) return;
  if (!hosts_.contains(host) && hosts_.size() == hosts_max) {
    hosts_.erase(
        std::ranges::min_element(hosts_, {}, [](const auto& each) { return each.second.number; }));
  }
  hosts_.insert_or_assign(std::string(host), Heard{ahead, ++heard_, since_boot});
}

void ClockEvidence::stepped() {
  hosts_.clear();
  kernel_ = false;
  agreed_since_.reset();
}

void ClockEvidence::remember(WallTime confirmed, std::optional<milliseconds> since_boot) {
  confirmed_ = confirmed;
  noted_at_ = since_boot;
}

void ClockEvidence::pass(milliseconds since_boot) {
  now_ = since_boot;
  std::erase_if(hosts_, [&](const auto& each) { return each.second.at + kept_for < since_boot; });
  if (signs_for() == 0) {
    agreed_since_.reset();
  } else if (!agreed_since_) {
    agreed_since_ = since_boot;
  }
}

/// The most hosts that agree with the clock and, each with each, among themselves.
std::size_t ClockEvidence::hosts_that_agree() const {
  std::vector<seconds> near;
  for (const auto& [host, said] : hosts_) {
    if (std::chrono::abs(said.ahead) <= tolerance) near.push_back(said.ahead);
  }
  std::ranges::sort(near);
  std::size_t most = 0;
  for (std::size_t first = 0, last = 0; last < near.size(); ++last) {
    while (near[last] - near[first] > tolerance) ++first;
    most = std::max(most, last - first + 1);
  }
  return most;
}

std::size_t ClockEvidence::signs_for() const {
  const auto against = static_cast<std::size_t>(std::ranges::count_if(
      hosts_, [](const auto& each) { return std::chrono::abs(each.second.ahead) > tolerance; }));
  const std::size_t hosts = hosts_that_agree();
  const std::size_t signs = hosts + (kernel_ ? 1 : 0);
  return hosts > 0 && signs >= signs_min && signs > against ? signs : 0;
}

bool ClockEvidence::overrules() const {
  const auto signs = signs_for();
  const bool held = agreed_since_ && now_ - *agreed_since_ >= held_to_overrule;
  return signs >= signs_to_overrule || (signs > 0 && held);
}

ClockEvidence::Verdict ClockEvidence::judge(WallTime now) const {
  Verdict verdict;
  std::vector<seconds> all;
  for (const auto& [host, said] : hosts_) {
    all.push_back(said.ahead);
    if (std::chrono::abs(said.ahead) > tolerance) ++verdict.hosts_against;
    if (std::chrono::abs(said.ahead) > far_off) verdict.far_off = true;
  }
  if (!all.empty()) {
    const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
    std::ranges::nth_element(all, middle);
    verdict.ahead = *middle;
  }
  verdict.hosts_for = hosts_that_agree();
  const bool below = confirmed_ && now + tolerance < *confirmed_;
  if (below && !overrules()) {
    verdict.state = ClockState::wrong;
  } else if (signs_for() > 0) {
    verdict.state = ClockState::confirmed;
  }
  return verdict;
}

bool ClockEvidence::should_note(WallTime now) const {
  constexpr std::chrono::minutes slack{5};
  if (judge(now).state != ClockState::confirmed) return false;
  if (!confirmed_) return true;
  const bool due = now >= *confirmed_ + note_interval || now + tolerance < *confirmed_;
  const bool credible = noted_at_ && now <= *confirmed_ + (now_ - *noted_at_) + slack;
  return due && (credible || overrules());
}

std::string distant_host(std::string_view url) {
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos || url.substr(0, scheme_end) != "https") return "";
  auto authority = url.substr(scheme_end + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    authority.remove_prefix(at + 1);
  }
  const bool bracketed = authority.starts_with('[');
  auto host = authority.substr(0, bracketed ? authority.find(']') + 1 : authority.find(':'));
  std::string name = lower_case(host);
  while (name.ends_with('.')) name.pop_back();
  const bool local = name == "localhost" || name.ends_with(".localhost") ||
                     name.starts_with("127.") || name == "[::1]" || name == "0.0.0.0" ||
                     name.starts_with("[::ffff:127.");
  return local ? "" : name;
}

}  // namespace gatehouse::sync
