#include "daemon/local/changes/ledger_changes.hpp"

#include <nlohmann/json.hpp>
#include <optional>

#include "daemon/local/request/answers.hpp"
#include "daemon/local/view/gap_json.hpp"

namespace gatehouse::local {
namespace {

using boost::asio::awaitable;
using Json = nlohmann::ordered_json;

/// So that the carts of a busy hour need not wait for a large acceptance.
constexpr std::size_t charges_at_once = 500;

/// nullopt: it is no such body.
std::optional<bool> dry_run_in(std::string_view body) {
  if (body.empty()) return false;
  const Json json = Json::parse(body, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto dry_run = json.find("dryRun");
  if (dry_run == json.end()) return false;
  return dry_run->is_boolean() ? std::optional(dry_run->get<bool>()) : std::nullopt;
}

}  // namespace

awaitable<http::Answer> accept_ledger(ChangeContext context, std::string_view body) {
  const auto dry_run = dry_run_in(body);
  if (!dry_run) co_return error_answer(400, "dryRun: expected true or false");
  const auto before = context.ledger.counts();
  if (!before) co_return error_answer(before.error());
  if (!before->gap && before->withheld.count == 0)
    co_return error_answer(409, "there is nothing to accept: the ledger is whole");
  for (bool all = *dry_run; !all;) {
    std::move_only_function<Result<bool>(store::Ledger&)> work =
        [at = context.clock.wall()](store::Ledger& into) {
          return into.accept_gaps(at, charges_at_once);
        };
    auto commit = context.ledger.commit<bool>(std::move(work));
    const auto done = co_await std::move(commit);
    if (!done) co_return error_answer(done.error());
    all = *done;
  }
  co_return json_answer({{"accepted", !*dry_run},
                         {"gap", gap_json(before->gap)},
                         {"withheld", withheld_json(before->withheld)}});
}

}  // namespace gatehouse::local
