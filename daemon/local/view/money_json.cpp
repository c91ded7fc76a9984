#include "daemon/local/view/money_json.hpp"

#include <nlohmann/json.hpp>

namespace gatehouse::local {
namespace {

constexpr auto* expected_money = R"(expected {"amount":"15.99","code":"USD"})";

}  // namespace

Result<Money> money_in(const nlohmann::ordered_json& body) {
  const std::string expected(expected_money);
  if (!body.is_object()) return failure(Remedy::reject, "the body is no JSON object: " + expected);
  const auto amount = body.find("amount");
  const auto code = body.find("code");
  if (amount == body.end() || !amount->is_string()) {
    return failure(Remedy::reject, "amount: a decimal in quotes; " + expected);
  }
  if (code == body.end() || !code->is_string()) {
    return failure(Remedy::reject, "code: a currency in quotes; " + expected);
  }
  return parse_money(amount->get_ref<const std::string&>(), code->get_ref<const std::string&>());
}

}  // namespace gatehouse::local
