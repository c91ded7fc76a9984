#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "tests/end_to_end/box.hpp"

namespace gatehouse::end_to_end {

/// `free`: where the list of free pages begins.
enum class Place { root, first_leaf, last_leaf, overflow, free };

/// A page by what it is for, not by its number.
struct PageKind {
  std::string of;  ///< table or index; '' for a free page
  Place place = Place::root;
};

/// The twenty pages of a ledger and of a cache that are damaged: each kind that they have.
[[nodiscard]] const std::vector<PageKind>& pages_of_ledger();
[[nodiscard]] const std::vector<PageKind>& pages_of_cache();

/// Puts pages on the free list of a database file that nobody has open.
void free_some_pages(const std::filesystem::path& file);
/// Where this page is in a database file that nobody has open. Throws where it has none.
[[nodiscard]] std::int64_t find_page(const std::filesystem::path& file, const PageKind& kind);

[[nodiscard]] std::string page_in(const std::filesystem::path& file, std::int64_t page);

enum class Harm { zeroed, flipped };
enum class When { at_start, running };

/// One page that is damaged, once.
struct Trial {
  PageKind page;
  Harm harm = Harm::zeroed;
  When when = When::at_start;
  unsigned seed = 0;
};
[[nodiscard]] std::string to_text(const Trial& trial);
/// Each page in one of the four ways; in all of them where `scripts/test --nightly` has the time.
[[nodiscard]] std::vector<Trial> trials_of(const std::vector<PageKind>& pages);

/// Writes into the file as another process does, whoever has it open. `flipped`: one bit, drawn
/// with the trial's seed from the bytes that the page uses.
void damage(const std::filesystem::path& file, std::int64_t page, const Trial& trial);

/// The warnings of now whose codes begin with this, with their severity.
[[nodiscard]] std::set<std::string> warnings_of(const Box& box, const std::string& prefix);

}  // namespace gatehouse::end_to_end
