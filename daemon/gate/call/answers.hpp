#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/cache/records.hpp"

namespace gatehouse::gate {

class DocumentParser;

/// Longest id that an answer may carry, in characters (connectors.md 4.2, 2.2).
inline constexpr std::size_t answer_id_characters_max = 255;

enum class ScanAction { accept, reject };

/// {"id":…,"type":"SHOPPER"|"ASSOCIATE","action":"ACCEPT"|"REJECT"} as the FAQ shows it. The id is
/// cut to answer_id_characters_max, which only a refused code can exceed.
[[nodiscard]] std::string scan_answer(std::string_view id, store::Role role, ScanAction action);

/// Whether the cloud's answer to a scan may be passed on: a JSON object whose id, type and action
/// are strings.
[[nodiscard]] bool is_scan_answer(DocumentParser& parser, std::string_view body);

/// {"visitorDetails":{"id":…,"type":"SHOPPER"|"ASSOCIATE"}} (connectors.md 3.2). The id is cut to
/// answer_id_characters_max: that visitorDetails.id is limited like every other id is inference.
[[nodiscard]] std::string identity_answer(std::string_view id, store::Role role);
/// Whether the cloud's answer to an identity key may be passed on: visitorDetails with id and type.
[[nodiscard]] bool is_identity_answer(DocumentParser& parser, std::string_view body);

/// {"provider":…,"promotionIds":[…]} (connectors.md 5.1) of the feed's loyalty object. nullopt:
/// it names no provider of 1 to 255 characters. Promotion ids that are not text are left out.
[[nodiscard]] std::optional<std::string> details_answer(DocumentParser& parser,
                                                        std::string_view loyalty);
/// Whether the cloud's answer to GetScanDetails may be passed on: it has provider and promotionIds.
[[nodiscard]] bool is_details_answer(DocumentParser& parser, std::string_view body);

/// {"purchaseId":…}; '' for an empty cart (connectors.md 2.2).
[[nodiscard]] std::string purchase_answer(std::string_view purchase_id);

/// {"errorMsg":…}, the error body of Amazon's own OpenAPI (connectors.md 2.3); for the identity
/// connectors the same, by inference (connectors.md 14).
[[nodiscard]] std::string error_answer(std::string_view message);

}  // namespace gatehouse::gate
