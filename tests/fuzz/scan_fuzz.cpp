#include "daemon/gate/call/answers.hpp"
#include "daemon/gate/request/document.hpp"
#include "daemon/gate/request/scan_request.hpp"
#include "store/values/json_text.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace gatehouse::gate {
namespace {

void check_answer(std::string_view code) {
  const auto body = scan_answer(code, store::Role::shopper, ScanAction::reject);
  const auto answer = nlohmann::json::parse(body, nullptr, false);
  require(!answer.is_discarded());
  const auto id = answer["id"].get<std::string>();
  require(code.starts_with(id));
  require(id.size() == code.size() || count_characters(id) == answer_id_characters_max);
  DocumentParser parser;
  require(is_scan_answer(parser, body));
}

void check_refusal(const FieldError& error) {
  require(!error.field.empty());
  require(nlohmann::json::accept(error_answer(error.message())));
}

/// Another library's reading of the same document leads to the same codes.
void check_against_rewritten(std::string_view body, const ScanCodes& codes) {
  const auto other = rewritten(body);
  if (!other) return;
  DocumentParser parser;
  const auto scan = parse_scan(parser, *other);
  require(scan.has_value());
  require(codes_of(*scan).candidates == codes.candidates);
}

}  // namespace
}  // namespace gatehouse::gate

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gatehouse::gate;
  static DocumentParser parser;  // used again and again, as at the gate
  const std::string_view body = as_text(data, size);
  const auto scan = parse_scan(parser, body);
  if (!scan) {
    check_refusal(scan.error());
    return 0;
  }
  require(scan->id || scan->value);
  require(gatehouse::count_characters(scan->store_id) <= 255);
  const ScanCodes codes = codes_of(*scan);
  check_answer(codes.shown);
  check_against_rewritten(body, codes);
  return 0;
}
