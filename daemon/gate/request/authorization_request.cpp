#include "daemon/gate/request/authorization_request.hpp"

#include <algorithm>

#include "daemon/gate/request/document.hpp"
#include "daemon/gate/request/fields.hpp"
#include "daemon/gate/request/wide_numbers.hpp"
#include "store/values/money.hpp"
#include "store/values/result.hpp"

namespace gatehouse::gate {
namespace {

constexpr std::size_t amount_max_characters = 40;

constexpr TextRule instrument_id{"a string of 1 to 255 characters", 255,
                                 [](std::string_view text) { return !text.empty(); }};
/// A number that any reader can hold: it is passed on as it came, and an amount has no exponent of
/// three digits.
bool is_amount(std::string_view text) {
  if (!is_json_number(text)) return false;
  const auto exponent = text.find_first_of("eE");
  if (exponent == std::string_view::npos) return true;
  const auto digits = text.substr(text.find_first_of("0123456789", exponent));
  return digits.size() <= 2;
}

constexpr TextRule amount_value{
    "a number of at most 40 characters, with an exponent of at most two digits",
    amount_max_characters, is_amount};
constexpr TextRule currency_code{"three capital letters such as USD", 3, is_currency};
constexpr TextRule text_to_64{"a string of at most 64 characters", 64};

void read_condition(const Fields& fields, std::vector<Condition>& conditions) {
  Condition condition;
  condition.type = fields.required_text("type", text_to_64);
  if (const auto amount = fields.object("amount", Presence::required)) {
    condition.value = amount->required_text("value", amount_value);
    condition.currency = amount->required_text("currencyCode", currency_code);
  }
  conditions.push_back(std::move(condition));
}

std::optional<Authorization> read_recommendation(const Fields& interaction) {
  const auto fields = interaction.object("recommendation", Presence::optional);
  if (!fields) return std::nullopt;
  const auto authorized = fields->optional_flag("shopperAuthorized");
  Authorization recommended;
  fields->each("authorizationConditions", Presence::optional,
               [&](const Fields& condition) { read_condition(condition, recommended.conditions); });
  fields->each_text("shopperRisks", Presence::optional, text_to_64,
                    [&](std::string_view risk) { recommended.risks.emplace_back(risk); });
  if (!authorized) return std::nullopt;
  recommended.authorized = *authorized;
  return recommended;
}

}  // namespace

std::expected<AuthorizationRequest, FieldError> parse_authorization(DocumentParser& parser,
                                                                    std::string_view body) {
  AuthorizationRequest request;
  FirstError error;
  const auto as_it_came = parser.parse(body);
  if (!as_it_came) return propagate(as_it_came);
  const Fields ids{*as_it_came, error};
  request.store_id = ids.required_text("storeId", text_to_255);
  if (const auto shopper = ids.object("shopperIdentity", Presence::required)) {
    request.instrument_id = shopper->required_text("id", instrument_id);
  }
  if (error) return std::unexpected(*error);

  // Once more for the amounts, to the digit.
  const std::string exact = with_quoted_numbers(body);
  const auto object = parser.parse(exact);
  if (!object) return propagate(object);
  const Fields root{*object, error};
  if (const auto amount = root.object("authorizedAmount", Presence::optional)) {
    (void)amount->required_text("value", amount_value);
    request.currency = amount->required_text("currencyCode", currency_code);
  }
  if (const auto interaction = root.object("shopperInteraction", Presence::optional)) {
    (void)interaction->optional_text("shoppingTripId", text_to_255);
    request.recommendation = read_recommendation(*interaction);
  }
  if (error) return std::unexpected(*error);
  return request;
}

}  // namespace gatehouse::gate
