#include "tests/model/turn.hpp"

#include <array>
#include <chrono>
#include <utility>

namespace gatehouse::sync::model {
namespace {

using namespace std::chrono_literals;
using simulation::answer;
using simulation::Fate;

/// It did not reach the service, or the service did nothing about it.
Fate without_effect(Reply reply, milliseconds replied_after = 40ms) {
  return {.arrives_after = std::nullopt, .replied_after = replied_after, .reply = std::move(reply)};
}

Fate with_effect(Reply reply, milliseconds arrives_after = 20ms,
                 milliseconds replied_after = 40ms) {
  return {
      .arrives_after = arrives_after, .replied_after = replied_after, .reply = std::move(reply)};
}

Reply throttled(Dice& dice) {
  Reply reply = answer(429);
  if (dice.happens(0.5)) reply.retry_after = std::chrono::seconds{1 + dice.below(120)};
  return reply;
}

/// Whoever stands on the way, or the service, says that it was not done.
Fate surely_nothing(Dice& dice) {
  constexpr std::array statuses{302, 307, 401, 403, 404, 405};
  constexpr std::array<std::string_view, 3> bodies{"", "<html>no</html>",
                                                   R"({"message":"Forbidden"})"};
  constexpr std::array times{400, 401, 403};
  switch (dice.below(6)) {
    case 0:
      return without_effect(simulation::not_sent());
    case 4:
      return without_effect(answer(
          dice.of(std::span<const int>(times)),
          R"({"message":"Signature not yet current: 20270115T090000Z is still later than …"})"));
    case 5: {
      Reply reply = simulation::not_sent();
      reply.certificate_dates = true;
      return without_effect(std::move(reply));
    }
    case 1:
      return without_effect(throttled(dice));
    default:
      return without_effect(
          answer(dice.of(std::span<const int>(statuses)),
                 std::string(dice.of(std::span<const std::string_view>(bodies)))));
  }
}

Reply error_answer(Dice& dice) {
  constexpr std::array statuses{500, 502, 503, 504, 408, 409};
  constexpr std::array<std::string_view, 3> bodies{"", "<html>sorry</html>",
                                                   R"({"errorMsg":"InternalServiceException"})"};
  return answer(dice.of(std::span<const int>(statuses)),
                std::string(dice.of(std::span<const std::string_view>(bodies))));
}

Reply strange_success(Dice& dice) {
  constexpr std::array<std::string_view, 5> bodies{
      R"({"errorMsg":"Internal"})", R"({"error":{"code":5}})", "<html>log in</html>",
      "  <?xml version=\"1.0\"?>", R"({"message":"Internal server error"})"};
  return answer(200, std::string(dice.of(std::span<const std::string_view>(bodies))));
}

/// It may have been done, and was or was not.
Fate unclear(Dice& dice) {
  const bool effect = dice.happens(0.5);
  switch (dice.below(4)) {
    case 0: {
      const milliseconds arrives = dice.happens(0.3) ? dice.up_to(10min) : dice.up_to(30s);
      Fate fate = with_effect(simulation::no_answer(), arrives, 35s);
      if (!effect) fate.arrives_after = std::nullopt;
      return fate;
    }
    case 1:
      return effect ? with_effect(strange_success(dice)) : without_effect(strange_success(dice));
    default:
      return effect ? with_effect(error_answer(dice)) : without_effect(error_answer(dice));
  }
}

/// Done, in words that nobody promised.
Fate odd_success(Dice& dice) {
  constexpr std::array<std::string_view, 9> bodies{"",
                                                   "[]",
                                                   "true",
                                                   "OK",
                                                   "{}",
                                                   "null",
                                                   R"({"a":1,"a":2})",
                                                   R"({"error":null})",
                                                   "\xEF\xBB\xBF{}"};
  constexpr std::array statuses{200, 201, 202, 204};
  return with_effect(answer(dice.of(std::span<const int>(statuses)),
                            std::string(dice.of(std::span<const std::string_view>(bodies)))),
                     20ms, dice.happens(0.2) ? 12s : 40ms);
}

/// Amazon says no, and has done nothing.
Fate refused(Dice& dice) {
  constexpr std::array<std::string_view, 4> bodies{
      R"({"errorMsg":"InvalidInput"})", R"({"errorMsg":"UnknownShoppingTrip"})",
      R"({"errorMsg":"UnknownShoppingTripException"})",
      R"({"errorMsg":"ShoppingTripExpiredException"})"};
  return without_effect(
      answer(400, std::string(dice.of(std::span<const std::string_view>(bodies)))));
}

Fate of_a_changing_call(Dice& dice) {
  const auto kind = dice.below(20);
  if (kind < 5) return surely_nothing(dice);
  if (kind < 12) return unclear(dice);
  if (kind < 14) return refused(dice);
  return odd_success(dice);
}

Turn of_adjust(Dice& dice) {
  constexpr std::array<std::string_view, 8> words{"DECLINED", "DECLINED", "PARTLY",  "HALF",
                                                  "HALF",     "PENDING",  "PENDING", "PENDING"};
  const auto kind = dice.below(20);
  if (kind < words.size()) return {.word = std::string(words[kind])};
  if (kind < 12) return {.fate = surely_nothing(dice)};
  if (kind < 14) return {.fate = refused(dice)};
  if (kind < 17) return {.fate = unclear(dice)};
  constexpr std::array<std::string_view, 6> bodies{R"({"status":"DECLINED","status":"APPROVED"})",
                                                   "[]",
                                                   "",
                                                   R"({"status":"approved"})",
                                                   R"({"status":"APPROVED","errorMsg":"x"})",
                                                   R"({"status":"APPROVED","authorizedAmount":5})"};
  return {.fate = with_effect(
              answer(200, std::string(dice.of(std::span<const std::string_view>(bodies)))))};
}

/// Done or not; without an orderId it says neither.
Fate of_a_checkout(Dice& dice) {
  constexpr std::array<std::string_view, 6> bodies{
      "", "[]", "{}", R"({"orderId":{}})", R"({"orderId":"O-1","orderId":"O-2"})", "<html>"};
  const auto kind = dice.below(20);
  if (kind < 5) return surely_nothing(dice);
  if (kind < 10) return unclear(dice);
  if (kind < 13) return refused(dice);
  auto reply = answer(200, std::string(dice.of(std::span<const std::string_view>(bodies))));
  return dice.happens(0.5) ? with_effect(std::move(reply)) : without_effect(std::move(reply));
}

/// An error or a strange answer; the service shows what it shows behind it.
Fate of_a_look(Dice& dice) {
  constexpr std::array<std::string_view, 6> bodies{
      "[]",
      "",
      "<html>",
      R"({"errorMsg":"Internal"})",
      R"({"reconciliationId":{}})",
      R"({"reconciliationId":"A","reconciliationId":"B"})"};
  const auto kind = dice.below(8);
  if (kind < 2) return surely_nothing(dice);
  if (kind < 4) return without_effect(error_answer(dice));
  if (kind < 5) return without_effect(simulation::no_answer(), 35s);
  if (kind < 6) return refused(dice);
  return without_effect(
      answer(200, std::string(dice.of(std::span<const std::string_view>(bodies)))));
}

/// What the retailer's service, and what stands before it, answers to a cart or a record. Where it
/// says that it has taken one, it has.
Fate of_the_cloud(Dice& dice) {
  struct Answer {
    int status;
    std::string_view body;
    bool taken;
  };
  constexpr auto answers = std::to_array<Answer>({
      {500, "", false},
      {502, "<html>", true},
      {503, "", false},
      {504, "", true},
      {408, "", false},
      {401, "", false},
      {404, "<html>", false},
      {405, "", false},
      {407, "", false},
      {421, "", false},
      {425, "", false},
      {451, "", false},
      {413, "<html>", false},
      {400, "<html>", false},
      {409, "", false},
      {409, R"({"title":"Conflict","status":409})", false},
      {409, "<html>", false},
      {302, "", false},
      {200, R"({"errorMsg":{"a":1}})", false},
      {200, R"({"errorMessage":"x","errorType":"y"})", false},
      {200, "<html>", false},
      {200, R"({"charge":1,"charge":2})", true},
  });
  switch (dice.below(8)) {
    case 0:
      return without_effect(simulation::not_sent());
    case 1:
      return without_effect(throttled(dice));
    case 2:
      return without_effect(simulation::no_answer(), 30s);
    case 3:
      return with_effect(simulation::no_answer(), dice.up_to(60s), 30s);
    default:
      break;
  }
  const auto& chosen = dice.of(std::span<const Answer>(answers));
  auto reply = answer(chosen.status, std::string(chosen.body));
  return chosen.taken ? with_effect(std::move(reply)) : without_effect(std::move(reply));
}

Fate of_a_report(Dice& dice) {
  if (dice.happens(0.2)) return with_effect(answer(200, "[]"));
  return dice.happens(0.5) ? surely_nothing(dice) : unclear(dice);
}

}  // namespace

Turn make_turn(Kind kind, Dice& dice) {
  switch (kind) {
    case Kind::adjust:
      return of_adjust(dice);
    case Kind::capture:
    case Kind::cancel:
    case Kind::refund:
      return {.fate = of_a_changing_call(dice)};
    case Kind::look:
      return {.fate = of_a_look(dice)};
    case Kind::checkout:
      return {.fate = of_a_checkout(dice)};
    case Kind::report:
      return {.fate = of_a_report(dice)};
    case Kind::cart:
    case Kind::record:
      return {.fate = of_the_cloud(dice)};
  }
  return {};
}

Script make_script(Dice& dice, std::size_t most) {
  Script script;
  for (const Kind kind : {Kind::adjust, Kind::capture, Kind::cancel, Kind::look, Kind::refund,
                          Kind::report, Kind::cart, Kind::record}) {
    auto& turns = script[kind];
    const auto count = dice.below(most + 1);
    for (std::size_t i = 0; i < count; ++i) {
      const bool well = dice.happens(0.3);
      turns.push_back(well ? Turn{} : make_turn(kind, dice));
    }
  }
  return script;
}

void add_checkout(Script& script, Dice& dice) {
  auto& turns = script[Kind::checkout];
  const auto count = dice.below(4);
  for (std::size_t i = 0; i < count; ++i) turns.push_back(make_turn(Kind::checkout, dice));
}

Told told_by(const Reply& reply) {
  if (reply.sent == Sent::no) return Told::nothing;
  if (reply.sent == Sent::maybe) return Told::unclear;
  const int status = reply.status;
  if (status >= 500 || status == 408 || status == 409 || status == 303) return Told::unclear;
  if (status >= 300) return Told::nothing;
  const auto first = reply.body.find_first_not_of(" \t\r\n");
  const bool markup = first != std::string::npos && reply.body[first] == '<';
  const bool error = reply.body.find(R"("errorMsg":")") != std::string::npos ||
                     reply.body.find(R"("error":{)") != std::string::npos ||
                     reply.body.starts_with(R"({"message":)");
  return markup || error ? Told::unclear : Told::done;
}

}  // namespace gatehouse::sync::model
