// The requests beside scan and cart: identity key, scan details, shopper authorization, and the
// time in a code.
#include "daemon/gate/call/answers.hpp"
#include "daemon/gate/decision/authorization.hpp"
#include "daemon/gate/request/call_ids.hpp"
#include "daemon/gate/request/code_time.hpp"
#include "daemon/gate/request/details_request.hpp"
#include "daemon/gate/request/document.hpp"
#include "daemon/gate/request/identity_request.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace gatehouse::gate {
namespace {

void check_refusal(const FieldError& error) {
  require(!error.field.empty());
  require(nlohmann::json::accept(error_answer(error.message())));
}

void check_identity(DocumentParser& parser, std::string_view body) {
  static const std::vector<std::string> channels{"OPTICAL"};
  static const auto code_time = CodeTime::compile("^(?P<key>.*)-(?P<time>[0-9A-Z]+)$").value();
  const auto identity = parse_identity(parser, body, channels);
  if (!identity) return check_refusal(identity.error());
  require(!identity->code.empty());
  if (const auto reading = code_time->read(identity->code)) {
    require(reading->key.size() < identity->code.size());
  }
}

void check_authorization(DocumentParser& parser, std::string_view body) {
  const auto request = parse_authorization(parser, body);
  if (!request) return check_refusal(request.error());
  for (const auto finding : {InstrumentFinding::unknown, InstrumentFinding::unavailable}) {
    const auto decision = authorize(*request, finding, {}, {});
    require(nlohmann::json::accept(authorization_answer(decision.authorization)));
  }
}

}  // namespace
}  // namespace gatehouse::gate

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gatehouse::gate;
  static DocumentParser parser;  // used again and again, as at the gate
  const std::string_view body = as_text(data, size);
  check_identity(parser, body);
  (void)call_ids(parser);
  if (const auto details = parse_details(parser, body); !details) check_refusal(details.error());
  check_authorization(parser, body);
  (void)call_ids(parser).trip_id.shown();
  return 0;
}
