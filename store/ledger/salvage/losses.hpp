#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "store/sqlite/statement.hpp"

namespace gatehouse::store {

/// What a reading of a damaged ledger came to, as far as something follows from it.
struct Losses {
  using Rows = std::vector<std::int64_t>;
  /// By table: rows that were there and could not be taken over.
  std::map<std::string, Rows> lost{};
  /// By index: the keys of those, where the index has them.
  std::map<std::string, std::map<std::int64_t, sqlite::StoredValues>> keys{};
  /// By table: rows whose bytes are not those that were recorded.
  std::map<std::string, Rows> changed{};
  /// By table: rows that contradict one of their indexes, or had a number that stands for nothing.
  std::map<std::string, Rows> contradicted{};
  /// By table: rows of which something could not be read.
  std::map<std::string, Rows> partly{};
  /// Trips that a refund names which could not be taken over.
  std::set<std::int64_t> refunded_trips{};
  /// By table: no row id up to this one may be given again.
  std::map<std::string, std::int64_t> highest{};

  [[nodiscard]] Rows lost_of(const std::string& table) const { return of(lost, table); }
  [[nodiscard]] static Rows of(const std::map<std::string, Rows>& kind, const std::string& table) {
    const auto found = kind.find(table);
    return found == kind.end() ? Rows{} : found->second;
  }
  /// Null: the index does not have it.
  [[nodiscard]] const sqlite::StoredValue* key_of(const std::string& index, std::int64_t row,
                                                  std::size_t key) const {
    const auto of_index = keys.find(index);
    if (of_index == keys.end()) return nullptr;
    const auto found = of_index->second.find(row);
    return found == of_index->second.end() || found->second.size() <= key ? nullptr
                                                                          : &found->second[key];
  }
  [[nodiscard]] std::optional<std::int64_t> number_of(const std::string& index, std::int64_t row,
                                                      std::size_t key) const {
    const sqlite::StoredValue* value = key_of(index, row, key);
    const auto* number = value != nullptr ? std::get_if<std::int64_t>(value) : nullptr;
    return number != nullptr ? std::optional(*number) : std::nullopt;
  }
  /// '': the index does not have it.
  [[nodiscard]] std::string text_of(const std::string& index, std::int64_t row,
                                    std::size_t key) const {
    const sqlite::StoredValue* value = key_of(index, row, key);
    const auto* text = value != nullptr ? std::get_if<std::string>(value) : nullptr;
    return text != nullptr ? *text : "";
  }
};

}  // namespace gatehouse::store
