#include "daemon/local/request/access.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

namespace gatehouse::local {
namespace {

constexpr std::size_t entry_max_bytes = 64 * 1024;
constexpr int groups_max = 1024;

std::optional<gid_t> group_id(const std::string& name) {
  std::vector<char> buffer(entry_max_bytes);
  group entry{};
  group* found = nullptr;
  const int failed = getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
  if (failed != 0 || found == nullptr) return std::nullopt;
  return entry.gr_gid;
}

// Also the groups of users whom only the kernel and not the database puts into `first`.
std::vector<gid_t> groups_of(uid_t user, gid_t first) {
  std::vector<char> buffer(entry_max_bytes);
  passwd entry{};
  passwd* found = nullptr;
  const int failed = getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found);
  if (failed != 0 || found == nullptr) return {first};
  int count = groups_max;
  std::vector<gid_t> groups(groups_max);
  if (getgrouplist(entry.pw_name, first, groups.data(), &count) < 0) return {first};
  groups.resize(static_cast<std::size_t>(count));
  return groups;
}

}  // namespace

bool may_change(const std::optional<http::PeerCredentials>& peer, uid_t own_uid,
                const IsOperator& is_operator) {
  if (!peer) return false;
  return peer->uid == 0 || peer->uid == own_uid || is_operator(*peer);
}

IsOperator members_of(std::string group) {
  return [group = std::move(group)](const http::PeerCredentials& peer) {
    const auto wanted = group_id(group);
    if (!wanted) return false;
    const auto groups = groups_of(peer.uid, peer.gid);
    return std::ranges::find(groups, *wanted) != groups.end();
  };
}

}  // namespace gatehouse::local
