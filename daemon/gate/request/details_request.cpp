#include "daemon/gate/request/details_request.hpp"

#include "daemon/gate/request/document.hpp"
#include "daemon/gate/request/fields.hpp"
#include "store/values/result.hpp"

namespace gatehouse::gate {
namespace {

constexpr TextRule scan_id{"a string of 1 to 255 characters", 255,
                           [](std::string_view text) { return !text.empty(); }};
constexpr TextRule scan_type{"SHOPPER, ASSOCIATE, CASH or LOYALTY", 0, [](std::string_view text) {
                               return text == "SHOPPER" || text == "ASSOCIATE" || text == "CASH" ||
                                      text == "LOYALTY";
                             }};

}  // namespace

std::expected<DetailsRequest, FieldError> parse_details(DocumentParser& parser,
                                                        std::string_view body) {
  const auto object = parser.parse(body);
  if (!object) return propagate(object);

  FirstError error;
  const Fields root{*object, error};
  DetailsRequest details;
  details.store_id = root.required_text("storeId", text_to_255);
  if (const auto result = root.object("scanResult", Presence::required)) {
    details.id = result->required_text("id", scan_id);
    (void)result->required_text("type", scan_type);
  }
  if (error) return std::unexpected(*error);
  return details;
}

}  // namespace gatehouse::gate
