#pragma once

#include <expected>
#include <string_view>

#include "daemon/gate/request/field_error.hpp"

namespace gatehouse::gate {

class DocumentParser;

/// What the gate needs of POST /v1/identity/scan/details (connectors.md 5.1). Views into the
/// parser, good until its next parse().
struct DetailsRequest {
  std::string_view store_id;
  std::string_view id;  ///< scanResult.id: what the scan was answered with; not empty
};

/// Reads and checks it: storeId and scanResult with id and type are required, ids to 255
/// characters. There is no requestId. Amazon's page lists no 400 for this call; to answer one to
/// what breaks the form is inference.
[[nodiscard]] std::expected<DetailsRequest, FieldError> parse_details(DocumentParser& parser,
                                                                      std::string_view body);

}  // namespace gatehouse::gate
