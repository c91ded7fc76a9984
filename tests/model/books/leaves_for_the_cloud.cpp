// What leaves for the retailer's cloud, and what its payments desk says.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "store/ledger/ledger_identity.hpp"
#include "tests/model/books/books.hpp"
#include "tests/model/service.hpp"
#include "tests/sync/simulation/cloud.hpp"

namespace gatehouse::sync::model {
namespace {

using namespace std::chrono_literals;

/// Two pauses between probes, and what goes before.
constexpr milliseconds beside_a_poison_record_max = 3min;

std::string ledger_of(const Request& request) {
  return simulation::Cloud::header(request, "Gatehouse-Ledger");
}

std::string text_in(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

std::string id_of_ledger(const std::string& ledger) {
  return ledger.substr(0, ledger.find('.'));
}

std::int64_t revision_of(const std::string& record) {
  return std::atoll(between(record + ",", R"("revision":)", ",").c_str());
}

void Books::leaves_for_the_cloud(simulation::Box& box, const Request& request, Kind kind) {
  check_key(store::ledger_name(box.mark()), request);
  if (kind == Kind::record) {
    auto& trip = of(trip_of(request));
    check_record(trip, request);
    const auto key =
        fmt::format("{} {}", id_of_ledger(ledger_of(request)), revision_of(request.body));
    trip.records[key] = request.body;
  }
  if (plan_.poisoned_for > milliseconds{0}) check_probe(box, request);
  last_delivery_ = trip_of(request);
}

void Books::check_record(TripBooks& trip, const Request& request) {
  const auto name = trip_of(request);
  if (between(request.body, R"("storeId":")", "\"") != plan_of(plan_, name).store) {
    complain(3, name + ": a record of another store");
  }
  const auto status = between(request.body, R"("status":")", "\"");
  const std::map<std::string, bool> proved{
      {"CAPTURED", trip.is_said_captured()},
      {"CANCELLED", trip.told_cancelled},
      {"DECLINED", trip.told_declined},
      {"EXPIRED", trip.told_expired},
      {"CHECKED_OUT", trip.told_checked_out || trip.word_captured},
      {"WRITTEN_OFF", trip.word_off},
      {"SETTLED_ELSEWHERE", trip.word_captured || trip.word_elsewhere}};
  const auto found = proved.find(status);
  if (found != proved.end() && !found->second) {
    complain(5, fmt::format("{} is {}, and nobody has said so", name, status));
  }
  if (const auto revision = revision_of(request.body);
      found != proved.end() && revision >= trip.last_revision) {
    trip.last_revision = revision;
    trip.last_end = status;
  }
  if (status == "REFUNDED") check_refund_record(trip, request);
  if (status != "CAPTURED" || trip.captures.empty() || trip.word_captured) return;
  const auto part = money_of(request.body, "settledAmount");
  const auto stated = part.empty() ? money_of(request.body, "amount") : part;
  const bool true_of_one = std::ranges::any_of(
      trip.captures, [&](const CaptureCall& capture) { return capture.amount == stated; });
  if (!true_of_one) complain(8, name + ": the record states " + stated + ", which nobody captured");
}

/// Where another record is due, one that was not taken is not tried twice running. (What is due for
/// a moment only leaves together with it.)
void Books::check_probe(simulation::Box& box, const Request& request) {
  const auto poison = plan_.trips.front().id;
  if (trip_of(request) != poison || last_delivery_ != poison) return;
  for (const auto& plan : plan_.trips) {
    if (plan.id == poison || !box.knows(plan.id)) continue;
    const auto deliveries = box.trip(plan.id).deliveries;
    const auto waits = [](const store::Delivery& each) {
      return store::lane_of(each.kind) == store::Lane::cloud &&
             each.state == store::DeliveryState::pending;
    };
    // What waits behind another one of its trip is not due.
    const auto first = std::ranges::find_if(deliveries, waits);
    if (first == deliveries.end() || std::ranges::count_if(deliveries, waits) > 1) continue;
    if (first->next_attempt_at + 1s < box.clock().wall())
      complain(10, plan.id + " waits while another record is tried twice running");
  }
}

void Books::check_key(const std::string& ledger, const Request& request) {
  const auto key = simulation::Cloud::header(request, "Idempotency-Key");
  const auto sequence = simulation::Cloud::header(request, "Gatehouse-Sequence");
  if (bodies_.emplace(fmt::format("{} {}", ledger, key), request.body).first->second !=
      request.body) {
    complain(9, "another body under the key " + key);
  }
  if (sequences_.emplace(fmt::format("{} {}", ledger, sequence), key).first->second != key) {
    complain(9, "another key for sequence " + sequence);
  }
}

void Books::told_of_cart(TripBooks& trip, const Request& request, const Reply& reply) {
  const auto& plan = plan_of(plan_, trip_of(request));
  const auto ledger = between(reply.body, R"("ledger":")", "\"");
  if (!ledger.empty() && ledger == ledger_of(request)) trip.granted_to.insert(ledger);
  const auto elsewhere = between(reply.body, R"("settledElsewhere":)", ",");
  const bool same = reply.body == plan.answer || !ledger.empty() || !elsewhere.empty();
  if (reply.status != 201 || !same) return;
  if (!elsewhere.empty()) cloud_says_elsewhere(trip, elsewhere == "true", ledger_of(request));
  if (plan.answer_has_price) trip.offered.insert(plan.amount + " " + plan.currency);
  if (plan.unpriceable) trip.told_a_useless_price = true;
  const bool other = plan.id != plan_.trips.front().id;
  const bool late = trip.came_at && world_.steady() > *trip.came_at + beside_a_poison_record_max;
  if (plan_.poisoned_for > 0ms && other && late)
    complain(10, plan.id + " waited long for a record that is not taken");
}

/// It has looked for what other ledgers did.
void Books::cloud_says_elsewhere(TripBooks& trip, bool elsewhere, const std::string& ledger) {
  if (elsewhere) {
    trip.word_elsewhere = true;
    return;
  }
  trip.unvouched = false;
  bool news = false;
  for (auto& capture : trip.captures) {
    if (capture.ledger == ledger || capture.word_not) continue;
    capture.word_not = true;
    news = true;
  }
  if (news) ++trip.words_not;
}

/// A word of the desk counts where it is one, said of what can be in question.
void Books::told_of_record(TripBooks& trip, const Request& request, const Reply& reply) {
  if (reply.status < 200 || reply.status > 299) return;
  const auto price = money_of(reply.body, "charge");
  if (!price.empty()) trip.offered.insert(price);
  const auto answer = nlohmann::json::parse(reply.body, nullptr, false);
  if (!answer.is_object()) return;
  const auto word = text_in(answer, "decision");
  if (answer.contains("by") && text_in(answer, "by").empty()) return;
  if (text_in(answer, "by").size() > 128) return;
  if (word == "captured") trip.word_captured = true;
  if (word == "written_off") trip.word_off = true;
  if (word != "not_captured") return;
  // Without a revision it may be about any record that there was, so it is about the first.
  const auto named = answer.find("revision");
  const bool names_one = named != answer.end() && named->is_number();
  const auto revision = names_one ? named->get<std::int64_t>() : 1;
  const auto record =
      trip.records.find(fmt::format("{} {}", id_of_ledger(ledger_of(request)), revision));
  if (record == trip.records.end()) return;
  desk_says_not_captured(trip, record->second, ledger_of(request), names_one);
}

/// It has looked for what the record tells of, and for what other ledgers did; of a word that names
/// no revision that is not known.
void Books::desk_says_not_captured(TripBooks& trip, const std::string& record,
                                   const std::string& ledger, bool names_one) {
  if (names_one) {
    trip.unvouched = false;
    trip.word_here = true;
  } else if (trip.captures_that_count() > 1) {
    return;
  }
  const auto calls = between(record, R"("captureCalls":[)", "]");
  bool news = false;
  for (auto& capture : trip.captures) {
    const bool of_another = names_one && capture.ledger != ledger;
    if (!of_another && !calls.contains(capture.intended_at)) continue;
    if (capture.word_not) continue;
    capture.word_not = true;
    news = true;
  }
  if (news) ++trip.words_not;
}

}  // namespace gatehouse::sync::model
