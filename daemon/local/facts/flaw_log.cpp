#include "daemon/local/facts/flaw_log.hpp"

#include <fmt/format.h>

namespace gatehouse::local {

std::vector<std::string> FlawLog::look(const sync::FlawTally& flaws, SteadyTime now) {
  std::vector<std::string> lines;
  const std::uint64_t unseen = flaws.total() - seen_;
  for (const auto& [number, at, row] : flaws.last) {
    if (number <= seen_ || !is_news(row, now)) continue;
    lines.push_back(fmt::format("a row of the feed has an error ({}): document {}, seq {}: {}",
                                sync::feed_flaw_names[static_cast<std::size_t>(row.flaw)],
                                row.id.empty() ? "?" : row.id, row.seq, row.wrong));
  }
  seen_ = flaws.total();
  if (unseen > lines.size()) {
    lines.push_back(
        fmt::format("{} more rows of the feed with errors are not listed here: they were logged "
                    "within the last hour, or are too many; see `gatehouse status`",
                    unseen - lines.size()));
  }
  return lines;
}

bool FlawLog::is_news(const sync::FlawedRow& row, SteadyTime now) {
  std::erase_if(named_at_, [now](const auto& each) { return now - each.second >= quiet; });
  if (named_at_.size() >= documents_max) return false;
  // Rows without an id, or whose id is withheld, share one.
  return named_at_.emplace(row.id, now).second;
}

}  // namespace gatehouse::local
