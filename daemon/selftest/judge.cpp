#include "daemon/selftest/judge.hpp"

#include <fmt/format.h>

namespace gatehouse::selftest {
namespace {

using nlohmann::json;

/// Whether every member of `wanted` is in `given`, objects member by member.
bool has_members(const json& given, const json& wanted) {
  if (!wanted.is_object()) return given == wanted;
  if (!given.is_object()) return false;
  for (const auto& [name, value] : wanted.items()) {
    if (!given.contains(name) || !has_members(given.at(name), value)) return false;
  }
  return true;
}

std::string judge(const Step& step, const Reply& reply, const Reply& before) {
  if (reply.status != step.status) {
    return fmt::format("status {} came, expected {}", reply.status, step.status);
  }
  const json answer = json::parse(reply.body, nullptr, /*allow_exceptions=*/false);
  if (!answer.is_object()) return "the answer is not a JSON object";
  if (!step.members.is_null() && !has_members(answer, step.members)) {
    return fmt::format("the answer lacks {}", step.members.dump());
  }
  if (!step.filled.empty() && answer.value(step.filled, json::array()).empty()) {
    return fmt::format("{} is empty", step.filled);
  }
  if (step.same_answer && reply.body != before.body) return "the answer differs from the first";
  if (step.status < 400) return {};
  const auto message = answer.find("errorMsg");
  if (message == answer.end() || !message->is_string()) return "the answer has no errorMsg";
  if (!message->get<std::string>().starts_with(step.error)) {
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
