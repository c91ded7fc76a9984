#include "tests/simulator/world/retailer/feed.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

#include "tests/simulator/digest.hpp"

namespace gatehouse::simulator {

using nlohmann::ordered_json;

Feed::Feed(Population population) : population_(population), last_sequence_(population.size()) {
  put("instrument:amzn-pi-77", {{"type", "instrument"},
                                {"outstanding", {{"amount", "12.50"}, {"currency", "USD"}}},
                                {"risks", ordered_json::array({"BadDebt"})}});
  put("planogram:P-1", {{"type", "planogram"}, {"shelves", 12}});
}

std::optional<std::uint64_t> Feed::population_index(std::string_view document_id) const {
  constexpr std::string_view prefix = "shopper:S-";
  if (!document_id.starts_with(prefix)) return std::nullopt;
  const auto digits = document_id.substr(prefix.size());
  std::uint64_t number = 0;
  const auto* end = digits.data() + digits.size();
  if (std::from_chars(digits.data(), end, number).ptr != end) return std::nullopt;
  if (number == 0 || number > population_.size() || digits.starts_with('0')) return std::nullopt;
  return number - 1;
}

void Feed::move_to_end(const std::string& document_id, Document& document) {
  if (document.sequence != 0) {
    moved_.erase(document.sequence);
    ++document.revision;
  } else if (const auto index = population_index(document_id)) {
    vacated_.insert(*index + 1);
    document.revision = 2;
  }
  document.sequence = ++last_sequence_;
  moved_.emplace(document.sequence, document_id);
}

void Feed::put(const std::string& document_id, ordered_json body) {
  auto& document = changed_[document_id];
  move_to_end(document_id, document);
  document.deleted = false;
  document.body = std::make_shared<const ordered_json>(std::move(body));
}

std::optional<ordered_json> Feed::find(const std::string& document_id) const {
  if (const auto found = changed_.find(document_id); found != changed_.end()) {
    if (found->second.deleted) return std::nullopt;
    return *found->second.body;
  }
  const auto index = population_index(document_id);
  if (!index) return std::nullopt;
  return population_.shopper(*index).document();
}

bool Feed::remove(const std::string& document_id) {
  if (!find(document_id)) return false;
  auto& document = changed_[document_id];
  move_to_end(document_id, document);
  document.deleted = true;
  document.body = std::make_shared<const ordered_json>(ordered_json::object());
  return true;
}

std::string Feed::cursor(std::uint64_t sequence) const {
  const auto number = std::to_string(sequence);
  return number + "-g1AAAA" + sha256_hex(number).substr(0, 12);
}

Result<std::uint64_t> Feed::sequence_of(std::string_view text) const {
  if (text.empty() || text == "0") return 0;
  if (text == "now") return last_sequence_;
  std::uint64_t sequence = 0;
  std::from_chars(text.data(), text.data() + text.size(), sequence);
  if (cursor(sequence) != text) {
    return failure(Remedy::reject, "Malformed sequence supplied in 'since' parameter.");
  }
  return sequence;
}

void Feed::write_row(std::string& json, std::uint64_t sequence, const std::string& id,
                     const Document& document, bool include_docs) const {
  const auto revision = fmt::format("{}-{:016x}", document.revision, sequence);
  ordered_json row{{"seq", cursor(sequence)},
                   {"id", id},
                   {"changes", ordered_json::array({{{"rev", revision}}})}};
  if (document.deleted) row["deleted"] = true;
  if (include_docs) {
    ordered_json body{{"_id", id}, {"_rev", revision}};
    if (document.deleted) body["_deleted"] = true;
    body.update(*document.body);
    row["doc"] = std::move(body);
  }
  json += row.dump();
}

std::uint64_t Feed::rows_after(std::uint64_t sequence) const {
  const auto vacated = std::distance(vacated_.upper_bound(sequence), vacated_.end());
  const auto moved = std::distance(moved_.upper_bound(sequence), moved_.end());
  const auto unmoved = population_.size() - std::min(sequence, population_.size());
  return unmoved - static_cast<std::uint64_t>(vacated) + static_cast<std::uint64_t>(moved);
}

Feed::Page Feed::changes(std::uint64_t since, std::size_t limit, bool include_docs) const {
  Page page{.json = R"({"results":[)"};
  auto last = since;
  const auto add = [&](std::uint64_t sequence, const std::string& id, const Document& document) {
    page.json += page.rows == 0 ? "\n" : ",\n";
    write_row(page.json, sequence, id, document, include_docs);
    last = sequence;
    ++page.rows;
  };
  for (auto sequence = since + 1; sequence <= population_.size() && page.rows < limit; ++sequence) {
    if (vacated_.contains(sequence)) continue;
    const auto shopper = population_.shopper(sequence - 1);
    Document document;
    if (include_docs) document.body = std::make_shared<const ordered_json>(shopper.document());
    add(sequence, shopper.document_id(), document);
  }
  for (auto moved = moved_.upper_bound(since); moved != moved_.end() && page.rows < limit;
       ++moved) {
    add(moved->first, moved->second, changed_.at(moved->second));
  }
  page.json +=
      fmt::format("\n],\"last_seq\":\"{}\",\"pending\":{}}}\n", cursor(last), rows_after(last));
  return page;
}

}  // namespace gatehouse::simulator
