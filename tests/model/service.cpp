#include "tests/model/service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "tests/model/call_kind.hpp"
#include "tests/sync/simulation/cloud.hpp"
#include "tests/sync/simulation/network.hpp"

namespace gatehouse::sync::model {

using simulation::answer;

Reply Service::handle(const Request& request) {
  const auto trip_id = trip_of(request);
  auto& account = accounts_[trip_id];
  switch (kind_of(request)) {
    case Kind::adjust:
      return answer(200, fmt::format(R"({{"status":"APPROVED","authorizedAmount":{{{}}}}})",
                                     between(request.body, R"("amount":{)", "}")));
    case Kind::capture:
      if (account.captures.empty()) account.captured_at = world_.steady();
      account.captures.push_back(money_of(request.body, "amount"));
      return answer(200);
    case Kind::cancel:
      ++account.cancels;
      return answer(200);
    case Kind::refund:
      account.refunds.emplace(refund_in(request), money_of(request.body, "amount"));
      return answer(200, R"({"reconciliationId":"R-1"})");
    case Kind::report:
      return answer(200, R"({"status":"Accepted"})");
    case Kind::look:
      return data_of(trip_id);
    case Kind::checkout:
      account.checkouts = 1;
      return answer(200, R"({"orderId":"O-1"})");
    case Kind::cart:
    case Kind::record:
      break;
  }
  throw std::runtime_error("the cloud's call came to Amazon");
}

Reply Service::data_of(const std::string& trip_id) const {
  const auto account = this->account(trip_id);
  const auto& plan = plan_of(plan_, trip_id);
  const bool shown = !account.captures.empty() && plan.shown_after >= milliseconds{0} &&
                     world_.steady() - account.captured_at >= plan.shown_after;
  const auto id = shown ? std::string(shown_id) : plan.shown_before;
  if (id.empty()) return answer(200, R"({"brand":"VISA","tail":"1234"})");
  return answer(200,
                fmt::format(R"({{"brand":"VISA","tail":"1234","reconciliationId":"{}"}})", id));
}

Service::Account Service::account(const std::string& trip_id) const {
  const auto found = accounts_.find(trip_id);
  return found == accounts_.end() ? Account{} : found->second;
}

int Service::effects(const std::string& trip_id) const {
  const auto account = this->account(trip_id);
  return static_cast<int>(account.captures.size()) + account.checkouts;
}

Reply Retailer::handle(const Request& request) {
  auto key = simulation::Cloud::header(request, "Idempotency-Key");
  const bool is_cart = kind_of(request) == Kind::cart;
  // Who knows of ledgers answers each of them.
  if (plan_.tells_elsewhere) key += simulation::Cloud::header(request, "Gatehouse-Ledger");
  const auto known = answers_.find(key);
  if (known != answers_.end()) return answer(is_cart ? 201 : 200, known->second);
  const auto fresh = is_cart ? answer_to(request) : desk_(request);
  return answer(is_cart ? 201 : 200, answers_.emplace(key, fresh).first->second);
}

/// Where the answer has members.
std::string Retailer::answer_about_elsewhere(const Request& cart) const {
  auto text = plan_of(plan_, trip_of(cart)).answer;
  const auto elsewhere = elsewhere_(cart);
  if (!elsewhere || !text.starts_with("{\"")) return text;
  return text.insert(1, fmt::format(R"("settledElsewhere":{},)", *elsewhere));
}

/// With the ledger that brought the cart first, where the cloud is one that says it.
std::string Retailer::answer_to(const Request& cart) const {
  if (plan_.tells_elsewhere) return answer_about_elsewhere(cart);
  auto text = plan_of(plan_, trip_of(cart)).answer;
  const auto end = text.find('}');
  if (!plan_.grants || end == std::string::npos) return text;
  const auto ledger = simulation::Cloud::header(cart, "Gatehouse-Ledger");
  return text.insert(end, fmt::format(R"(,"ledger":"{}")", ledger));
}

const TripPlan& plan_of(const Plan& plan, const std::string& trip_id) {
  const auto found = std::ranges::find(plan.trips, trip_id, &TripPlan::id);
  if (found == plan.trips.end()) throw std::runtime_error("a trip that nobody planned: " + trip_id);
  return *found;
}

}  // namespace gatehouse::sync::model
