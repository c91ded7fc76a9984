#include "daemon/local/request/request_body.hpp"

#include <string>

#include "sync/desk/decision.hpp"

namespace gatehouse::local {
namespace {

std::unexpected<Error> expected_money(std::string_view what) {
  return failure(Remedy::reject,
                 std::string(what) + R"(; expected {"amount":"15.99","code":"USD"})");
}

}  // namespace

Result<sync::JsonDocument> read_body(std::string_view body) {
  auto document = sync::JsonDocument::read_object(body.empty() ? "{}" : body);
  if (!document) {
    return failure(Remedy::reject,
                   "the body is " + sync::what_came(document.error(), "not a JSON object"));
  }
  return *std::move(document);
}

Result<Money> money_in(const sync::JsonDocument& body) {
  const auto amount = body["amount"].text();
  if (!amount) return expected_money("amount: a decimal in quotes");
  const auto code = body["code"].text();
  if (!code) return expected_money("code: a currency in quotes");
  return parse_money(*amount, *code);
}

Result<std::string> name_in(const sync::JsonDocument& body) {
  const auto by = body["by"].text();
  if (!by || by->empty() || !sync::is_name(*by)) {
    return failure(Remedy::reject, "by: expected who says so, at most 128 printable characters");
  }
  return std::string(*by);
}

}  // namespace gatehouse::local
