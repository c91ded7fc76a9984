#pragma once

#include <vector>

#include "daemon/local/facts/facts.hpp"
#include "daemon/local/warnings/warning.hpp"

namespace gatehouse::local {

/// How long rows that are nobody's any more, or a loyalty that was left out, are worth a word.
inline constexpr std::chrono::hours feed_flaw_remembered{24};

/// Appends what is to be said of documents and rows of the feed that cannot be used. Pure.
void assess_feed_flaws(const Facts& facts, std::vector<Warning>& out);

}  // namespace gatehouse::local
