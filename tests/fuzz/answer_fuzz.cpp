#include "sync/amazon/checkout_cart.hpp"
#include "sync/amazon/payments.hpp"
#include "sync/cloud/cloud_answer.hpp"
#include "sync/cloud/delivery_request.hpp"
#include "sync/transport/error_member.hpp"
#include "sync/transport/json_document.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace gatehouse::sync {
namespace {

using gate::require;
using nlohmann::json;

/// What is read means the same to json::parse once it is written again, and has each name once. Of
/// the grammar that says nothing, for there it is the same parser.
void check_document(std::string_view body) {
  const auto document = JsonDocument::read(body);
  if (!document) return;
  const json theirs = json::parse(body, nullptr, false);
  require(!theirs.is_discarded());
  std::string text;
  append_json(text, document->root());
  require(json::parse(text, nullptr, false) == theirs);
  require(gate::rewritten(body).has_value());
  const auto again = JsonDocument::read(text);
  require(again.has_value());
  std::string text_again;
  append_json(text_again, again->root());
  require(text_again == text);
}

Reply answered(int status, std::string_view body) {
  Reply reply;
  reply.sent = Sent::answered;
  reply.status = status;
  reply.body = std::string(body);
  return reply;
}

/// Nobody's word is nobody's success, and half a document has no price.
void check_meaning(std::string_view body) {
  const AnswerBody kind = read_answer_body(body);
  const bool delivers = kind == AnswerBody::blank || kind == AnswerBody::plain;
  const auto judged = judge_cloud_answer({}, answered(200, body));
  require((judged.verdict == Verdict::delivered) == delivers);
  const auto adjust = read_payment_answer(Call::adjust, Money{1599, "USD"}, answered(200, body));
  if (kind != AnswerBody::plain) require(adjust.event == Event::unclear);
  const auto capture = read_payment_answer(Call::capture, Money{1599, "USD"}, answered(200, body));
  require((capture.event == Event::accepted) == means_done(body));
  const auto charge = charge_in(body);
  if (charge && *charge) require((*charge)->minor >= 0 && JsonDocument::read_object(body));
  const auto cart = checkout_cart_in(body, "S", "T");
  if (cart && *cart) require(JsonDocument::read_object((*cart)->text).has_value());
}

}  // namespace
}  // namespace gatehouse::sync

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body = gatehouse::gate::as_text(data, size);
  gatehouse::sync::check_document(body);
  gatehouse::sync::check_meaning(body);
  return 0;
}
