#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/gate/request/field_error.hpp"

namespace gatehouse::gate {

class DocumentParser;

/// A condition of an authorization. ADJUST is the only type that Amazon's pages show.
struct Condition {
  std::string type;
  std::string value;     ///< a JSON number, in the characters it came in
  std::string currency;  ///< three capital letters

  bool operator==(const Condition&) const = default;
};

/// Whether a shopper may enter, and on which conditions: what Amazon recommends in its request and,
/// by inference, the shape of what it is answered.
struct Authorization {
  bool authorized = false;
  std::vector<Condition> conditions;
  std::vector<std::string> risks;

  bool operator==(const Authorization&) const = default;
};

/// What the gate needs of POST /v1/fraudandabuse/shopperauthorization (connectors.md 6.1).
struct AuthorizationRequest {
  std::string store_id;
  std::string instrument_id;  ///< shopperIdentity.id: Amazon's id of the payment instrument
  std::string currency;       ///< of authorizedAmount; '' where that is missing
  std::optional<Authorization> recommendation;  ///< nullopt: Amazon recommends nothing
};

/// Reads and checks it. storeId and shopperIdentity.id are required (case 7a.12); what else the
/// sample has may be missing, for the page that says so could not be read (inference). What is
/// there and is read must have the form of the sample: amounts are numbers (or text of one) with a
/// currency of three capital letters. Other fields, `cartHint` among them, are not looked at.
/// A recommendation without shopperAuthorized counts as none.
[[nodiscard]] std::expected<AuthorizationRequest, FieldError> parse_authorization(
    DocumentParser& parser, std::string_view body);

}  // namespace gatehouse::gate
