#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "store/values/result.hpp"

namespace gatehouse::store {

/// What the product says of a file, by the name of each question: all that it sends, charges,
/// answers or shows. A question that ends in an error has the answer `an_error`.
using Facts = std::map<std::string, std::string>;
inline constexpr const char* an_error = "<an error>";

/// A page of a database file, and what it is.
struct Page {
  std::int64_t number = 0;
  std::string kind;  ///< "table trip", "its overflow", "index delivery_ready", "free"
};
[[nodiscard]] std::vector<Page> pages_of(const std::filesystem::path& file);

/// What became of the answers after a page was damaged.
enum class Damage {
  none,       ///< all answers are as before
  refused,    ///< the file is not opened, or emptied and filled anew, and that is said
  told,       ///< some are errors, and no other is wrong
  wrong,      ///< some are errors, and others are wrong without a word
  unnoticed,  ///< some are wrong, without a word
};
inline constexpr std::array damages{Damage::none, Damage::refused, Damage::told, Damage::wrong,
                                    Damage::unnoticed};

struct Finding {
  Page page;
  std::string how;  ///< "zeroed", "bit 3 of byte 17"
  Damage damage = Damage::none;
  std::vector<std::string> wrong{};  ///< the questions that have a wrong answer
};

/// Asks for the facts of a copy of `pristine` for each page that is zeros, and for `flips` copies
/// of it with one bit that is flipped somewhere in what the page uses. `ask`: `refused` or facts.
using Ask = std::function<Facts(const std::filesystem::path& file)>;
[[nodiscard]] std::vector<Finding> survey(const std::filesystem::path& pristine, int flips,
                                          const Ask& ask);
inline constexpr const char* refused_open = "refused";

/// A line for each kind of page.
[[nodiscard]] std::string table_of(const std::vector<Finding>& findings);

/// The facts of a ledger with `trips`, trip by trip.
[[nodiscard]] Facts facts_of_ledger(const std::filesystem::path& file, int trips);
/// A ledger as a day leaves it; gives its trips.
int make_ledger(const std::filesystem::path& file);

[[nodiscard]] Facts facts_of_cache(const std::filesystem::path& file);
void make_cache(const std::filesystem::path& file);

}  // namespace gatehouse::store
