#include "sync/amazon/amazon_lane.hpp"

#include <fmt/format.h>

#include <utility>

#include "store/ledger/records/store_of_trip.hpp"
#include "store/values/json_object.hpp"
#include "sync/amazon/amazon_request.hpp"
#include "sync/amazon/answer_proof.hpp"
#include "sync/amazon/partial_approval.hpp"
#include "sync/amazon/payment_record.hpp"
#include "sync/transport/error_member.hpp"
#include "sync/transport/json_document.hpp"
#include "sync/transport/refusal.hpp"

namespace gatehouse::sync {
namespace {

constexpr std::string_view not_amazons = "a body that is not Amazon's; check jwo.payments_url";

Judgement strange_success(std::string_view what = not_amazons) {
  return {
      .verdict = Verdict::retry, .unclear = true, .reason = fmt::format("success with {}", what)};
}

/// A page of something on the way, or half a document.
bool is_a_piece(std::string_view body) {
  const auto first = body.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && std::string_view("<{[").contains(body[first]);
}

/// What the table says of the status alone, unless the document is cut off or says something twice:
/// a refund has its key, so it is asked for again.
Judgement judge_refund(std::string_view body) {
  const AnswerBody read = read_answer_body(body);
  if (read == AnswerBody::unusable) return strange_success(why_unusable(body));
  if (read == AnswerBody::foreign && is_a_piece(body)) return strange_success();
  return {.verdict = Verdict::delivered};
}

Judgement judge_report(std::string_view body) {
  const auto report = JsonDocument::read_object(body);
  if (!report) return strange_success(what_came(report.error(), not_amazons));
  const auto status = (*report)["status"].text();
  if (status == "Accepted") return {.verdict = Verdict::delivered};
  if (status == "Rejected") {
    return {.verdict = Verdict::refused, .reason = "Amazon rejected the payment status"};
  }
  return strange_success();
}

/// Amazon's own word is a JSON object, or names its exception in a header (services.md 1.4).
bool is_amazons_word(const Reply& reply) {
  return !reply.error_type.empty() || JsonDocument::read_object(reply.body).has_value();
}

Judgement of_the_way(const Reply& reply, std::string_view url_key) {
  return {.verdict = Verdict::retry,
          .reason = fmt::format("{} came, and not in Amazon's words: check {} and what stands "
                                "between here and there",
                                reply.status, url_key)};
}

Judgement judge_no_effect(const Reply& reply, Came came, std::string_view url_key) {
  if (came == Came::not_sent) {
    return {.verdict = Verdict::retry,
            .reason = "Amazon cannot be reached: " + reply.error,
            .no_attempt = reply.certificate_dates};
  }
  if (came == Came::wrong_time || came == Came::bad_keys) {
    return {.verdict = Verdict::locked_out,
            .reason = read_refusal(reply, url_key).text,
            .no_attempt = came == Came::wrong_time};
  }
  if (reply.status == 429) {
    return {.verdict = Verdict::retry,
            .throttled = true,
            .reason = "Amazon answered 429: too many requests"};
  }
  if (came == Came::elsewhere || reply.status == 404 || reply.status == 405) {
    return {.verdict = Verdict::locked_out,
            .reason = fmt::format("Amazon answered {}: check {}", reply.status, url_key)};
  }
  return of_the_way(reply, url_key);
}

Judgement judge_refusal(const Reply& reply, std::string_view url_key) {
  if (!is_amazons_word(reply)) return of_the_way(reply, url_key);
  const std::string name = exception_name(reply.body);
  const bool of_its_trip =
      name.starts_with(unknown_trip_name) || name.starts_with(expired_trip_name);
  return {.verdict = Verdict::refused,
          .reason = fmt::format("Amazon answered {}", reply.status),
          .of_its_trip = reply.status == 400 && of_its_trip};
}

/// A report that stays unclear would keep the next one of its trip back: a refund has no such
/// order.
Judgement judge_conflict(const Reply& reply, bool is_refund) {
  if (is_refund) {
    return {.verdict = Verdict::retry,
            .conflict = store::KeyConflict::open,
            .unclear = true,
            .reason = "Amazon answered 409, which is not in its contract: it may have been made"};
  }
  return {.verdict = Verdict::refused,
          .unclear = true,
          .reason = fmt::format("Amazon answered {}, which is not in its contract", reply.status)};
}

Judgement judge_unclear(const Reply& reply, Came came, bool is_refund) {
  if (came == Came::denied_success) return strange_success();
  const bool conflict = came == Came::anything_else && reply.status == 409;
  if (conflict && is_amazons_word(reply)) return judge_conflict(reply, is_refund);
  Judgement judgement{.verdict = Verdict::retry, .unclear = true};
  if (came == Came::no_answer) {
    judgement.reason = "no answer from Amazon: " + reply.error;
    return judgement;
  }
  judgement.reason = fmt::format("Amazon answered {}: it may have been done", reply.status);
  return judgement;
}

using State = store::SettlementState;

struct Sums {
  Money total;
  Money settled;
};

std::string report(std::string_view store_id, const store::Settlement& settlement, const Sums& sums,
                   WallTime at, TimeUnit unit) {
  const auto unix_ms = to_unix_ms(at);
  return JsonObject()
      .text("storeId", store::store_of_trip(settlement.store_id, store_id))
      .text("shoppingTripId", settlement.trip_id)
      .json("totalAmount", amount_number(sums.total))
      .json("settledAmount", amount_number(sums.settled))
      .number("paymentStatusTime", unit == TimeUnit::seconds ? unix_ms / 1000 : unix_ms)
      .done();
}

/// The retailer asks the shopper for nothing: a total that is reported of it would be a debt.
bool asks_for_nothing(State state) {
  return state == State::cancelled || state == State::written_off;
}

std::optional<Sums> sums_of(const store::Settlement& settlement, const Money& price) {
  const Money nothing{0, price.currency};
  switch (settlement.state) {
    case State::captured:
      return Sums{price, to_capture(settlement)};
    case State::declined:
    case State::expired:
      return Sums{price, nothing};
    case State::cancelled:
    case State::written_off:
      return Sums{nothing, nothing};
    default:
      return std::nullopt;
  }
}

// Less than was captured would make a debtor of a shopper who has paid.
std::string why_not_the_sum(const store::Settlement& settlement, const Money& total,
                            const Money& settled) {
  const bool same_currency = settled.currency == total.currency;
  if (asks_for_nothing(settlement.state)) {
    if (same_currency && settled.minor == 0) return "";
    return fmt::format("its charge is {}: only 0 {} can be reported of it",
                       store::to_text(settlement.state), total.currency);
  }
  Money least{0, total.currency};
  if (settlement.state == State::captured) least = to_capture(settlement);
  if (same_currency && settled.minor >= least.minor && settled.minor <= total.minor) return "";
  return fmt::format("expected a sum from {} to its total of {} {}", format_amount(least),
                     format_amount(total), total.currency);
}

}  // namespace

AmazonLane::AmazonLane(JwoOptions options, AwsCredentials credentials, store::Lane lane)
    : options_(std::move(options)), credentials_(std::move(credentials)), lane_(lane) {}

void AmazonLane::reload(JwoOptions options, AwsCredentials credentials) {
  options_ = std::move(options);
  credentials_ = std::move(credentials);
}

bool AmazonLane::configured() const {
  const bool wanted = lane_ == store::Lane::amazon || options_.report_payment_status;
  return wanted && options_.settlement == SettlementMode::payment;
}

std::string AmazonLane::what_is_missing() const {
  const bool reports = lane_ == store::Lane::feedback;
  if (reports && options_.feedback_url.empty()) {
    return "no URL: ask Amazon for the host of its payment status service and set "
           "jwo.feedback_url, or set jwo.report_payment_status = false";
  }
  if (!reports && options_.payments_url.empty())
    return "no URL: set jwo.region or jwo.payments_url";
  if (credentials_.access_key_id.empty() || credentials_.secret_access_key.empty()) {
    return "no AWS credentials";
  }
  return "";
}

Request AmazonLane::request(store::Delivery& delivery) const {
  if (delivery.kind == store::DeliveryKind::payment_status) {
    return amazon_request(options_, credentials_, options_.feedback_url,
                          "/v1/feedback/payment-status", delivery.payload);
  }
  return amazon_request(options_, credentials_, options_.payments_url, "/v1/refund",
                        delivery.payload);
}

Judgement AmazonLane::judge(const store::Delivery& delivery, const Reply& reply) const {
  const bool is_refund = delivery.kind == store::DeliveryKind::refund;
  const std::string_view url_key = is_refund ? "jwo.payments_url" : "jwo.feedback_url";
  const Came came = what_came_back(reply);
  // A report is rejected by its field, whatever error stands beside it.
  const bool is_success = came == Came::success || came == Came::denied_success;
  if (is_success && !is_refund) return judge_report(reply.body);
  switch (what_it_proves(came, Speaks::by_status)) {
    case Proof::done:
      return judge_refund(reply.body);
    case Proof::by_field:
      break;  // no row of this column says so
    case Proof::no_effect:
      return judge_no_effect(reply, came, url_key);
    case Proof::refused:
      return judge_refusal(reply, url_key);
    case Proof::unclear:
      break;
  }
  return judge_unclear(reply, came, is_refund);
}

void AmazonLane::take_answer(const store::Delivery& delivery, const Reply& reply,
                             store::DeliveryAttempt& attempt) const {
  if (delivery.kind != store::DeliveryKind::refund) return;
  const auto answer = JsonDocument::read_object(reply.body);
  const auto id = answer ? (*answer)["reconciliationId"].scalar() : std::nullopt;
  attempt.refund_record = refund_record(delivery, delivery.payload, id.value_or(""), attempt.at);
}

std::string refund_request(std::string_view store_id, const store::NewRefund& refund) {
  return JsonObject()
      .text("storeId", store_id)
      .text("shoppingTripId", refund.trip_id)
      .json("amount", amount_number(refund.amount))
      .text("refundRequestId", refund.request_id)
      .text("refundReasonCode", store::to_text(refund.reason))
      .done();
}

std::optional<std::string> payment_status_report(std::string_view store_id,
                                                 const store::Settlement& settlement,
                                                 WallTime settled_at, TimeUnit unit) {
  if (!settlement.amount) return std::nullopt;
  if (settlement.charge_unclear && settlement.state != State::captured) return std::nullopt;
  const auto sums = sums_of(settlement, *settlement.amount);
  if (!sums) return std::nullopt;
  return report(store_id, settlement, *sums, settled_at, unit);
}

std::string settled_report(std::string_view store_id, const store::Settlement& settlement,
                           const Money& settled, WallTime at, TimeUnit unit) {
  Money total = settlement.amount.value_or(settled);
  if (asks_for_nothing(settlement.state)) total.minor = 0;
  return report(store_id, settlement, {total, settled}, at, unit);
}

std::string why_not_settled(const store::Settlement& settlement, const Money& settled) {
  if (settlement.charge_unclear) {
    return "it is not known whether the shopper was charged: decide that first (`gatehouse trip "
           "decide`)";
  }
  if (settlement.state == State::checked_out) {
    return "Amazon's checkout service charges it, and Amazon knows what was settled";
  }
  if (!store::is_final(settlement.state)) {
    return fmt::format(
        "its charge is {}, and has not ended: write it off first (`gatehouse trip "
        "decide ID written_off`) if the shopper paid otherwise",
        store::to_text(settlement.state));
  }
  if (!settlement.amount) return "it has no price: there is no total to report";
  return why_not_the_sum(settlement, *settlement.amount, settled);
}

}  // namespace gatehouse::sync
