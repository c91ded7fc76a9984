#include "daemon/local/local_api.hpp"

#include <boost/asio/awaitable.hpp>
#include <string>
#include <utility>

#include "daemon/local/changes/bulk_changes.hpp"
#include "daemon/local/changes/ledger_changes.hpp"
#include "daemon/local/changes/record_changes.hpp"
#include "daemon/local/changes/record_decision.hpp"
#include "daemon/local/changes/refused_changes.hpp"
#include "daemon/local/changes/trip_changes.hpp"
#include "daemon/local/changes/trip_decision.hpp"
#include "daemon/local/changes/trip_price.hpp"
#include "daemon/local/changes/trip_refund.hpp"
#include "daemon/local/changes/trip_settled.hpp"
#include "daemon/local/ledger/verification.hpp"
#include "daemon/local/reads.hpp"
#include "daemon/local/request/answers.hpp"
#include "daemon/local/request/routes.hpp"

namespace gatehouse::local {

using boost::asio::awaitable;

/// Which part answers, and whether it may. Everything on the loop.
struct LocalApi::State {
  State(LocalOptions options, std::filesystem::path ledger_file, store::LedgerThread& writer,
        const Metrics& metrics, FactsSource facts, const Clock& clock,
        boost::asio::io_context& loop)
      : options_(std::move(options)),
        clock_(clock),
        facts_(std::move(facts)),
        ledger_(std::move(ledger_file), writer, clock, loop,
                {options_.commit_deadline, options_.counts_max_age}),
        reads_(ledger_, metrics, facts_, options_.swift_facts, clock),
        verification_(ledger_.file(), writer, clock, loop) {}

  const LocalOptions options_;
  const Clock& clock_;
  const FactsSource facts_;
  LocalLedger ledger_;
  Reads reads_;
  Verification verification_;

  awaitable<http::Answer> answer(const http::Request& request, bool changes_allowed);
  awaitable<http::Answer> change(Action action, std::string argument, std::string_view body);
};

awaitable<http::Answer> LocalApi::State::change(Action action, std::string argument,
                                                std::string_view body) {
  const ChangeContext context{options_, ledger_, clock_, facts_};
  switch (action) {
    case Action::charge:
      return price_trip(context, std::move(argument), body);
    case Action::refund:
      return refund_trip(context, std::move(argument), body);
    case Action::hold:
    case Action::release:
    case Action::cancel:
    case Action::capture_authorised:
      return decide_trip(context, action, std::move(argument), body);
    case Action::decide:
      return decide_by_word(context, std::move(argument), body);
    case Action::decide_all:
      return decide_trips(context, body);
    case Action::settled:
      return report_settled(context, std::move(argument), body);
    case Action::decide_record:
      return decide_record(context, std::move(argument), body);
    case Action::verify_ledger:
      return verify_ledger(verification_, body);
    case Action::retry_all:
      return retry_records(context, body);
    case Action::release_all:
      return release_trips(context, body);
    case Action::accept_ledger:
      return accept_ledger(context, body);
    case Action::evidence_sound:
      return declare_evidence_sound(context, body);
    case Action::drop_refused:
      return drop_refused(context, std::move(argument), body);
    case Action::forward_refused:
      return forward_refused(context, std::move(argument));
    default:
      return retry_record(context, std::move(argument));
  }
}

awaitable<http::Answer> LocalApi::State::answer(const http::Request& request,
                                                bool changes_allowed) {
  const auto target = parse_target(request.target);
  if (!target) co_return error_answer(400, "the path is not a valid one");
  Routed routed = route(request.method_text, *target);
  if (!routed.action && routed.allow.empty()) co_return error_answer(404, "there is no such path");
  if (!routed.action) {
    http::Answer refusal = error_answer(405, "expected " + routed.allow);
    refusal.headers.emplace_back("Allow", routed.allow);
    co_return refusal;
  }
  if (!routed.guarded) co_return reads_.answer(*routed.action, routed.argument, *target);
  if (!changes_allowed) {
    co_return error_answer(403, "changes are accepted only on the control socket");
  }
  if (!may_change(request.peer, options_.own_uid, options_.is_operator)) {
    co_return error_answer(403, "only root and members of group gatehouse may make changes");
  }
  if (const Result<> open = ledger_.open(); !open) co_return error_answer(open.error());
  if (*routed.action == Action::refused_bytes) {
    co_return refused_bytes({options_, ledger_, clock_, facts_}, routed.argument);
  }
  auto changed = change(*routed.action, std::move(routed.argument), request.body);
  co_return co_await std::move(changed);
}

LocalApi::LocalApi(LocalOptions options, std::filesystem::path ledger_file,
                   store::LedgerThread& writer, const Metrics& metrics, FactsSource facts,
                   const Clock& clock, boost::asio::io_context& loop)
    : state_(std::make_shared<State>(std::move(options), std::move(ledger_file), writer, metrics,
                                     std::move(facts), clock, loop)) {}

LocalApi::~LocalApi() = default;

std::vector<Warning> LocalApi::warnings() {
  return state_->reads_.health(state_->reads_.facts()).warnings;
}

void LocalApi::verify_by_itself() {
  state_->verification_.start_by_itself();
}

sync::FlawTally LocalApi::flawed_rows() {
  return state_->reads_.facts().process.sync.feed.flaws;
}

http::Handler LocalApi::reading() {
  return [state = state_](const http::Request& request) { return state->answer(request, false); };
}

http::Handler LocalApi::everything() {
  return [state = state_](const http::Request& request) { return state->answer(request, true); };
}

}  // namespace gatehouse::local
