#include "daemon/selftest/judge.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "store/values/money.hpp"
#include "sync/transport/json_document.hpp"

namespace gatehouse::selftest {
namespace {

using sync::JsonDocument;
using sync::JsonKind;
using sync::JsonValue;

/// The numbers in the cases are amounts: 15 is 15.00.
bool is_same_number(std::string_view given, std::string_view wanted) {
  const auto one = parse_money(given, "USD");
  const auto other = parse_money(wanted, "USD");
  return one && other ? *one == *other : given == wanted;
}

bool is_same(JsonValue given, JsonValue wanted) {
  if (given.kind() != wanted.kind()) return false;
  if (wanted.is(JsonKind::number)) return is_same_number(*given.scalar(), *wanted.scalar());
  if (wanted.is(JsonKind::array)) {
    return std::ranges::equal(given.children(), wanted.children(), is_same);
  }
  if (wanted.is(JsonKind::object)) {
    const auto of_wanted = wanted.children();
    return std::ranges::distance(given.children()) == std::ranges::distance(of_wanted) &&
           std::ranges::all_of(of_wanted, [given](JsonValue member) {
             return is_same(given[member.name()], member);
           });
  }
  return given.text() == wanted.text() && given.boolean() == wanted.boolean();
}

/// Whether every member of `wanted` is in `given`, objects member by member.
bool has_members(JsonValue given, JsonValue wanted) {
  if (!wanted.is(JsonKind::object)) return is_same(given, wanted);
  if (!given.is(JsonKind::object)) return false;
  return std::ranges::all_of(wanted.children(), [given](JsonValue member) {
    return has_members(given[member.name()], member);
  });
}

std::string judge(const Step& step, const Reply& reply, const Reply& before) {
  if (reply.status != step.status) {
    return fmt::format("status {} came, expected {}", reply.status, step.status);
  }
  const auto answer = JsonDocument::read_object(reply.body);
  if (!answer) return "the answer is not a JSON object";
  const std::string members = step.members.is_null() ? "{}" : step.members.dump();
  const auto wanted = JsonDocument::read(members);
  if (!wanted || !has_members(answer->root(), wanted->root())) {
    return fmt::format("the answer lacks {}", members);
  }
  if (!step.filled.empty() && (*answer)[step.filled].children().empty()) {
    return fmt::format("{} is empty", step.filled);
  }
  if (step.same_answer && reply.body != before.body) return "the answer differs from the first";
  if (step.status < 400) return {};
  const auto message = (*answer)["errorMsg"].text();
  if (!message) return "the answer has no errorMsg";
  if (!message->starts_with(step.error)) {
    return fmt::format("errorMsg does not begin with \"{}\"", step.error);
  }
  return {};
}

}  // namespace

std::string run(const Case& tested, const Ask& ask) {
  Reply before;
  for (std::size_t number = 0; number < tested.steps.size(); ++number) {
    const Step& step = tested.steps[number];
    auto reply = ask(tested.path, step.body);
    std::string wrong = reply ? judge(step, *reply, before) : reply.error();
    if (!wrong.empty() && tested.steps.size() > 1) {
      wrong = fmt::format("request {}: {}", number + 1, wrong);
    }
    if (!wrong.empty()) return wrong;
    before = std::move(*reply);
  }
  return {};
}

}  // namespace gatehouse::selftest
