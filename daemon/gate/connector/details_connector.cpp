#include "daemon/gate/connector/details_connector.hpp"

#include "daemon/gate/call/answers.hpp"
#include "daemon/gate/call/make_connector.hpp"
#include "daemon/gate/request/details_request.hpp"

namespace gatehouse::gate {
namespace {

Resolution not_found() {
  return {DetailsAnswer::not_found,
          {.status = 404, .body = error_answer("no loyalty is known for this scanResult.id")}};
}

}  // namespace

DetailsConnector::DetailsConnector(const CallContext& context)
    : context_(context), store_id_check_(context.options, path_of<DetailsConnector>) {}

Resolution DetailsConnector::resolve(const Call& call) {
  const auto details =
      store_id_check_.of_this_store(parse_details(context_.parser, call.body), call.began);
  if (!details) return bad_request(DetailsAnswer::invalid, details.error());
  const auto loyalty = context_.lookup.loyalty(details->id, call.began);
  if (!loyalty) {
    return {DetailsAnswer::unavailable,
            {.status = 500, .body = error_answer("the shopper cache cannot be read now")}};
  }
  return *loyalty ? known(**loyalty) : unknown();
}

Resolution DetailsConnector::unknown() const {
  Resolution resolution = not_found();
  if (context_.lookup.may_ask_cloud()) {
    resolution.question = {is_details_answer, DetailsAnswer::asked_cloud};
  }
  return resolution;
}

Resolution DetailsConnector::known(const store::Loyalty& loyalty) {
  auto answer = loyalty.status == store::Status::active && !loyalty.json.empty()
                    ? details_answer(*loyalty_parser_, loyalty.json)
                    : std::nullopt;
  if (!answer) return not_found();
  return {DetailsAnswer::found, {.status = 200, .body = std::move(*answer)}};
}

template std::unique_ptr<Connector> make_connector<DetailsConnector>(const CallContext& context);

}  // namespace gatehouse::gate
