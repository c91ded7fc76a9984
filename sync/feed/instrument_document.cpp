#include "sync/feed/instrument_document.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "store/values/text/ascii.hpp"
#include "sync/feed/json_member.hpp"

namespace gatehouse::sync {
namespace {

using nlohmann::json;

constexpr std::size_t risks_max = 32;
constexpr std::size_t risk_max_bytes = 64;

/// The spelling of Amazon's risks is known in part only, so any word will do; it goes into an
/// answer as it is.
bool is_risk(const std::string& text) {
  return !text.empty() && text.size() <= risk_max_bytes && std::ranges::all_of(text, is_visible);
}

/// "12.50", or a whole number. A JSON number with a point has been a double on its way through the
/// parser, and money never is.
std::optional<std::string> amount_text(const json& money) {
  const json* amount = member(money, "amount");
  if (amount == nullptr) return std::nullopt;
  if (amount->is_number_integer()) return amount->dump();
  const auto* text = amount->get_ptr<const std::string*>();
  return text == nullptr ? std::nullopt : std::optional(*text);
}

std::string read_money(const json& document, const char* name, std::optional<Money>& money) {
  const json* object = member(document, name);
  if (object == nullptr || object->is_null()) return {};
  const auto amount = amount_text(*object);
  const auto* currency = text_of(*object, "currency");
  if (amount && currency != nullptr) {
    if (auto parsed = parse_money(*amount, *currency); parsed && parsed->minor >= 0) {
      money = std::move(*parsed);
      return {};
    }
  }
  return fmt::format(R"({} is not an amount of 0 or more such as {{"amount":"12.50",)"
                     R"("currency":"USD"}})",
                     name);
}

std::string read_risks(const json& document, std::vector<std::string>& risks) {
  const json* array = member(document, "risks");
  if (array == nullptr || array->is_null()) return {};
  auto wrong = fmt::format("risks is not an array of at most {} words of 1 to {} letters",
                           risks_max, risk_max_bytes);
  if (!array->is_array() || array->size() > risks_max) return wrong;
  bool bad = false;
  for (const json& risk : *array) {
    const auto* text = risk.get_ptr<const std::string*>();
    if (text == nullptr || !is_risk(*text)) {
      bad = true;
    } else {
      risks.push_back(*text);
    }
  }
  return bad ? wrong : std::string{};
}

std::string read_decision(const json& document, store::InstrumentDecision& decision) {
  const json* value = member(document, "decision");
  if (value == nullptr || value->is_null()) return {};
  if (*value == "accept") {
    decision = store::InstrumentDecision::accept;
  } else if (*value == "deny") {
    decision = store::InstrumentDecision::deny;
  } else {
    return "decision is neither accept nor deny";
  }
  return {};
}

/// What was granted may have been granted to the version before, or by what cannot be read.
void drop_favours(store::Instrument& instrument) {
  if (instrument.decision == store::InstrumentDecision::accept) {
    instrument.decision = store::InstrumentDecision::none;
  }
  instrument.authorize.reset();
}

}  // namespace

store::InstrumentPut read_instrument(const json& document) {
  store::InstrumentPut put;
  store::Instrument& instrument = put.instrument;
  for (std::string wrong :
       {read_money(document, "outstanding", instrument.outstanding),
        read_risks(document, instrument.risks), read_decision(document, instrument.decision),
        read_money(document, "authorize", instrument.authorize)}) {
    if (put.unclear.empty()) put.unclear = std::move(wrong);
  }
  if (!put.unclear.empty()) drop_favours(instrument);
  return put;
}

}  // namespace gatehouse::sync
