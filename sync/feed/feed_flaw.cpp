#include "sync/feed/feed_flaw.hpp"

#include <numeric>
#include <utility>

#include "store/values/text/ascii.hpp"

namespace gatehouse::sync {
namespace {

constexpr std::size_t shown_max_bytes = 64;
constexpr std::size_t digits_max = 11;  // the shortest card numbers have 12

/// Digits that only blanks and hyphens part count as one number: 4111-1111-1111-1111.
bool looks_private(std::string_view id) {
  std::size_t digits = 0;
  for (const char byte : id) {
    if (byte == '@') return true;
    if (is_digit(byte)) {
      if (++digits > digits_max) return true;
    } else if (byte != '-' && byte != ' ') {
      digits = 0;
    }
  }
  return false;
}

}  // namespace

std::string shown_id(std::string_view id) {
  if (looks_private(id)) return "(withheld)";
  std::string shown;
  for (const char byte : id.substr(0, shown_max_bytes)) {
    shown += is_visible(byte) ? byte : '?';
  }
  return id.size() > shown_max_bytes ? shown + "..." : shown;
}

void FlawedRows::add(FlawedRow row) {
  last.push_back(std::move(row));
  if (last.size() <= FlawTally::last_max) return;
  ++older[static_cast<std::size_t>(last.front().flaw)];
  last.pop_front();
}

std::uint64_t FlawedRows::total() const {
  return std::accumulate(older.begin(), older.end(), std::uint64_t{last.size()});
}

void FlawTally::add(FlawedRows rows, WallTime at) {
  for (std::size_t flaw = 0; flaw < feed_flaw_count; ++flaw) {
    if (rows.older[flaw] == 0) continue;
    counts[flaw] += rows.older[flaw];
    last_at[flaw] = at;
  }
  for (auto& row : rows.last) add(std::move(row), at);
}

void FlawTally::add(FlawedRow row, WallTime at) {
  ++counts[static_cast<std::size_t>(row.flaw)];
  last_at[static_cast<std::size_t>(row.flaw)] = at;
  row.id = shown_id(row.id);
  row.seq = shown_id(row.seq);
  last.push_back({total(), at, std::move(row)});
  if (last.size() > last_max) last.pop_front();
}

void FlawTally::follow(const FlawTally& before) {
  const std::uint64_t earlier = before.total();
  for (Entry& entry : last) entry.number += earlier;
  last.insert(last.begin(), before.last.begin(), before.last.end());
  while (last.size() > last_max) last.pop_front();
  for (std::size_t flaw = 0; flaw < feed_flaw_count; ++flaw) {
    counts[flaw] += before.counts[flaw];
    if (!last_at[flaw]) last_at[flaw] = before.last_at[flaw];
  }
}

std::uint64_t FlawTally::total() const {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

}  // namespace gatehouse::sync
