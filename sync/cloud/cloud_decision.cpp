#include "sync/cloud/cloud_decision.hpp"

#include "store/values/whole_number.hpp"
#include "sync/desk/decision.hpp"
#include "sync/transport/json_document.hpp"

namespace gatehouse::sync {

std::optional<store::NewDecision> decision_in(std::string_view answer) {
  // Most answers have none, and one may repeat a whole cart.
  if (!answer.contains("\"decision\"")) return std::nullopt;
  const auto document = JsonDocument::read_object(answer);
  if (!document || (*document)["decision"].is_absent()) return std::nullopt;
  const auto word = store::decision_word_from((*document)["decision"].text().value_or(""));
  const auto by = (*document)["by"];
  const auto name = by.is_absent() ? std::optional<std::string_view>("") : by.text();
  if (!word || !name || !is_name(*name)) return store::NewDecision{};
  const auto confirms = confirmed_in(document->root(), *word);
  if (!confirms) return store::NewDecision{};
  const auto number = (*document)["revision"];
  const auto revision = whole_number(number.is(JsonKind::number) ? *number.scalar() : "");
  return store::NewDecision{*word, std::string(*name), revision && *revision > 0 ? *revision : 0,
                            *confirms};
}

}  // namespace gatehouse::sync
