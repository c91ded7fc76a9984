// The part of the world that is no part of the world: /sim/… and /healthz.

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/simulator/text.hpp"
#include "tests/simulator/world/answers.hpp"
#include "tests/simulator/world/world.hpp"

namespace gatehouse::simulator {
namespace {

using boost::beast::http::verb;
using nlohmann::ordered_json;

constexpr std::string_view shoppers_path = "/sim/shoppers/";

ordered_json parse(std::string_view body) {
  return ordered_json::parse(body, nullptr, false);
}

http::Answer done(const Result<>& result) {
  return result ? json_answer(200, ordered_json::object())
                : error_answer(400, result.error().message);
}

std::string document_id_of(std::string_view path) {
  const auto id = percent_decoded(path.substr(shoppers_path.size()));
  return id.find(':') == std::string::npos ? "shopper:" + id : id;
}

ordered_json new_document(const std::string& document_id) {
  constexpr std::string_view prefix = "shopper:";
  if (!document_id.starts_with(prefix)) return ordered_json::object();
  return {{"type", "shopper"},
          {"shopperId", document_id.substr(prefix.size())},
          {"role", "SHOPPER"},
          {"status", "ACTIVE"},
          {"keys", ordered_json::array()}};
}

}  // namespace

http::Answer World::control(const http::Request& request) {
  const auto path = request.path();
  const bool is_post = request.method == verb::post;
  if (path == "/healthz") return json_answer(200, {{"status", "ok"}});
  if (path == "/sim/effects" && request.method == verb::get) return effects(request.target);
  if (path == "/sim/outage" && is_post) return start_outage(request.body);
  if (path == "/sim/faults" && is_post) return set_faults(request.body);
  if (path == "/sim/scenario" && is_post) return set_scenario(request.body);
  if (path == "/sim/trips" && is_post) return forget_trips(request.body);
  if (path.starts_with(shoppers_path) && path.size() > shoppers_path.size()) {
    const auto document_id = document_id_of(path);
    if (request.method == verb::put) return put_document(document_id, request.body);
    if (request.method == verb::delete_) return remove_document(document_id);
  }
  return error_answer(404, "nothing is served here");
}

http::Answer World::start_outage(std::string_view body) {
  const auto started = outages_.start(parse(body), clock_.steady());
  if (outages_.in_force(Target::feed, clock_.steady())) changes_.wake();
  return done(started);
}

http::Answer World::set_faults(std::string_view body) {
  return done(outages_.set_faults(parse(body)));
}

http::Answer World::set_scenario(std::string_view body) {
  auto scenario = parse_scenario(body, "scenario");
  if (!scenario) return error_answer(400, scenario.error().message);
  play(*std::move(scenario));
  return json_answer(200, ordered_json::object());
}

http::Answer World::forget_trips(std::string_view body) {
  const auto order = parse(body);
  const auto unknown = order.is_object() ? order.find("unknown") : order.end();
  const auto is_text = [](const ordered_json& item) { return item.is_string(); };
  if (!order.is_object() || unknown == order.end() || !unknown->is_array() ||
      !std::ranges::all_of(*unknown, is_text)) {
    return error_answer(400, R"(expected {"unknown":["trip id",…]})");
  }
  for (const auto& trip_id : *unknown) forget_trip(trip_id.get<std::string>());
  return json_answer(200, ordered_json::object());
}

http::Answer World::put_document(const std::string& document_id, std::string_view body) {
  const auto given = parse(body);
  if (!given.is_object()) return error_answer(400, "a document must be a JSON object");
  // What is given is laid over what is there, so that {"status":"BLOCKED"} alone blocks a shopper.
  auto document = feed_.find(document_id).value_or(new_document(document_id));
  for (const auto& [name, value] : given.items()) {
    if (!name.starts_with('_')) document[name] = value;
  }
  feed_.put(document_id, std::move(document));
  changes_.wake();
  return json_answer(201, {{"ok", true}, {"id", document_id}});
}

http::Answer World::remove_document(const std::string& document_id) {
  if (!feed_.remove(document_id)) return error_answer(404, "no such document: " + document_id);
  changes_.wake();
  return json_answer(200, {{"ok", true}, {"id", document_id}});
}

http::Answer World::effects(std::string_view target) const {
  const auto trip_id = query_parameter(target, "trip");
  if (!trip_id.empty()) return text_answer(200, effects_.of_trip(trip_id).dump());
  const bool only_summary = query_parameter(target, "summary") == "true";
  return text_answer(200, (only_summary ? effects_.summary() : effects_.all()).dump());
}

}  // namespace gatehouse::simulator
