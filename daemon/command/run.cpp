#include "daemon/command/run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "daemon/command/arguments.hpp"
#include "daemon/command/bulk.hpp"
#include "daemon/command/check_config.hpp"
#include "daemon/command/client.hpp"
#include "daemon/command/iam_policy.hpp"
#include "daemon/command/render.hpp"
#include "daemon/command/selftest.hpp"
#include "store/values/text/percent.hpp"
#include "store/values/version.hpp"

namespace gatehouse::command {
namespace {

using Json = nlohmann::json;

constexpr std::chrono::seconds answer_deadline{10};

struct Call {
  std::string method;
  std::string target;
  std::string body;
};

std::string trip_path(const Arguments& arguments) {
  return "/local/v1/trips/" + percent_encoded(arguments.trip_id);
}

std::string body_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json money(const Arguments& arguments) {
  return {{"amount", arguments.amount}, {"code", arguments.currency}};
}

std::string charge_body(const Arguments& arguments) {
  Json charge = money(arguments);
  if (arguments.free) charge["free"] = true;
  return body_of(charge);
}

std::string refund_body(const Arguments& arguments) {
  Json refund = money(arguments);
  refund["reason"] = arguments.reason;
  refund["refundRequestId"] = arguments.refund_request_id;
  if (arguments.confirm) refund["confirm"] = true;
  return body_of(refund);
}

std::string release_body(const Arguments& arguments) {
  Json said = Json::object();
  if (arguments.captured) said["captured"] = *arguments.captured;
  if (arguments.confirm) said["confirm"] = true;
  if (!arguments.reason.empty()) said["reason"] = arguments.reason;
  return said.empty() ? "" : body_of(said);
}

std::string decision_body(const Arguments& arguments) {
  Json body{{"decision", arguments.decision}};
  if (!arguments.by.empty()) body["by"] = arguments.by;
  if (arguments.confirm) {
    body["confirm"] = true;
    body["amount"] = money(arguments);
  }
  return body_of(body);
}

Call call_of(const Arguments& arguments) {
  switch (arguments.verb) {
    case Verb::trip_show:
      return {"GET", trip_path(arguments), ""};
    case Verb::trip_list:
      return {"GET",
              fmt::format("/local/v1/trips?state={}&limit={}",
                          arguments.state.empty() ? "held" : percent_encoded(arguments.state),
                          arguments.limit),
              ""};
    case Verb::trip_charge:
      return {"POST", trip_path(arguments) + "/charge", charge_body(arguments)};
    case Verb::trip_refund:
      return {"POST", trip_path(arguments) + "/refund", refund_body(arguments)};
    case Verb::trip_hold:
      return {"POST", trip_path(arguments) + "/hold",
              arguments.reason.empty() ? "" : body_of({{"reason", arguments.reason}})};
    case Verb::trip_release:
      return {"POST", trip_path(arguments) + "/release", release_body(arguments)};
    case Verb::trip_capture_authorised:
      return {"POST", trip_path(arguments) + "/capture-authorised",
              arguments.reason.empty() ? "" : body_of({{"reason", arguments.reason}})};
    case Verb::trip_cancel:
      return {"POST", trip_path(arguments) + "/cancel", ""};
    case Verb::trip_decide:
      return {"POST", trip_path(arguments) + "/decide", decision_body(arguments)};
    case Verb::trip_settled:
      return {"POST", trip_path(arguments) + "/settled", body_of(money(arguments))};
    case Verb::records_list:
      return {"GET",
              "/local/v1/records?state=" + arguments.state +
                  "&limit=" + std::to_string(arguments.limit),
              ""};
    case Verb::records_retry:
      return {"POST", "/local/v1/records/" + std::to_string(arguments.record_id) + "/retry", ""};
    case Verb::records_show:
      return {"GET", "/local/v1/refused-carts/" + arguments.refused_id, ""};
    case Verb::records_export:
      return {"GET", "/local/v1/refused-carts/" + arguments.refused_id + "/cart", ""};
    case Verb::records_forward:
      return {"POST", "/local/v1/refused-carts/" + arguments.refused_id + "/forward", ""};
    case Verb::records_drop:
      return {"POST", "/local/v1/refused-carts/" + arguments.refused_id + "/drop",
              body_of({{"by", arguments.by}})};
    case Verb::ledger_evidence_sound:
      return {"POST", "/local/v1/ledger/evidence-sound", body_of({{"by", arguments.by}})};
    case Verb::ledger_accept:
      return {"POST", "/local/v1/ledger/accept", body_of({{"dryRun", arguments.dry_run}})};
    default:
      return {"GET", "/local/v1/status", ""};
  }
}

std::string warning_text(const Json& answer) {
  const auto warning = answer.value("warning", "");
  return warning.empty() ? "" : "warning: " + for_terminal(warning) + "\n";
}

std::string rendered(const Arguments& arguments, const Json& answer) {
  switch (arguments.verb) {
    case Verb::trip_show:
      return render_trip(answer);
    case Verb::trip_list:
      return render_charges(answer);
    case Verb::trip_charge:
      if (answer.value("outcome", "") == "held") {
        return "a price of 0 is taken only with --free: the charge is held without a price\n";
      }
      return "price recorded (" + for_terminal(answer.value("outcome", "")) + ")\n" +
             (answer.value("outcome", "") == "replaced"
                  ? "the charge stays held: release it with `gatehouse trip release ID`\n"
                  : "");
    case Verb::trip_refund:
      return fmt::format("refund recorded ({}) as {}: see `gatehouse trip show`\n{}",
                         for_terminal(answer.value("outcome", "")),
                         for_terminal(answer.value("refundRequestId", "")), warning_text(answer));
    case Verb::trip_hold:
    case Verb::trip_release:
    case Verb::trip_capture_authorised:
    case Verb::trip_cancel:
    case Verb::trip_decide:
      return "the charge is now " + for_terminal(answer.value("state", "")) + "\n" +
             (answer.contains("note") ? for_terminal(answer.value("note", "")) + "\n" : "");
    case Verb::trip_settled:
      return "the report to Amazon is recorded: see `gatehouse trip show`\n";
    case Verb::records_list:
      return render_records(answer);
    case Verb::records_retry:
      return fmt::format("the record will be sent {}\n",
                         for_terminal(answer.value("whenText", "at the next opportunity")));
    case Verb::records_show:
      return render_refused(answer);
    case Verb::records_forward:
      return fmt::format("record {} brings it to the cloud ({})\n",
                         answer.value("record", std::int64_t{0}),
                         for_terminal(answer.value("outcome", "")));
    case Verb::records_drop:
      return "the cart is removed\n";
    case Verb::ledger_evidence_sound:
      return fmt::format("a reconciliationId counts again as a sign of a capture ({} trips)\n",
                         answer.value("trips", std::int64_t{0}));
    case Verb::ledger_accept:
      return render_acceptance(answer);
    default:
      return render_status(answer);
  }
}

ExitCode exit_code_of(const Arguments& arguments, unsigned status, const Json& answer) {
  if (status == 403) return ExitCode::not_permitted;
  if (status == 400) return ExitCode::wrong_input;
  if (status != 200) return ExitCode::unhealthy;
  const bool critical = arguments.verb == Verb::status && answer.value("health", "") == "critical";
  return critical ? ExitCode::unhealthy : ExitCode::ok;
}

bool is_terminal(const std::ostream& out) {
  return out.rdbuf() == std::cout.rdbuf() && ::isatty(STDOUT_FILENO) == 1;
}

ExitCode print_answer(const Arguments& arguments, const Reply& reply, std::ostream& out,
                      std::ostream& err) {
  if (arguments.verb == Verb::records_export && reply.status == 200) {
    out << render_export(reply.body, is_terminal(out));
    return ExitCode::ok;
  }
  const Json answer = Json::parse(reply.body);
  const ExitCode code = exit_code_of(arguments, reply.status, answer);
  if (arguments.json) {
    out << reply.body;
  } else if (reply.status == 200) {
    out << rendered(arguments, answer);
  }
  if (reply.status != 200)
    err << "gatehouse: " << for_terminal(answer.value("errorMsg", "")) << "\n";
  return code;
}

ExitCode ask_daemon(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  const Call wanted = call_of(arguments);
  const auto reply =
      call(arguments.socket, wanted.method, wanted.target, wanted.body, answer_deadline);
  if (!reply) {
    err << "gatehouse: " << reply.error().message << "\n";
    return reply.error().exit_code;
  }
  try {
    return print_answer(arguments, *reply, out, err);
  } catch (const Json::exception&) {
    err << "gatehouse: what answers on " << arguments.socket << " is not gatehoused\n";
    return ExitCode::unreachable;
  }
}

ExitCode print_version(const Arguments& arguments, std::ostream& out) {
  if (arguments.json) {
    out << Json{{"version", program_version}} << "\n";
  } else {
    out << "gatehouse " << program_version << "\n";
  }
  return ExitCode::ok;
}

/// The id of a refund is made before it is asked for, and said when that fails: with it, asking
/// again refunds once.
ExitCode refund(Arguments arguments, std::ostream& out, std::ostream& err) {
  if (arguments.refund_request_id.empty()) {
    arguments.refund_request_id = boost::uuids::to_string(boost::uuids::random_generator()());
  }
  const ExitCode code = ask_daemon(arguments, out, err);
  if (code == ExitCode::unhealthy || code == ExitCode::unreachable) {
    err << "gatehouse: to repeat this refund safely, add --request-id "
        << arguments.refund_request_id << "\n";
  }
  return code;
}

ExitCode act(const Arguments& arguments, const configuration::Environment& environment,
             std::ostream& out, std::ostream& err) {
  if (arguments.verb == Verb::version) return print_version(arguments, out);
  if (arguments.verb == Verb::check_config) return check_config(arguments, environment, out, err);
  if (arguments.verb == Verb::iam_policy) return iam_policy(arguments, environment, out, err);
  if (arguments.verb == Verb::selftest) return selftest(arguments, environment, out, err);
  if (arguments.verb == Verb::trip_refund) return refund(arguments, out, err);
  if (!arguments.from.empty()) return decide_from_file(arguments, out, err);
  if (arguments.all && arguments.verb == Verb::records_retry) return retry_all(arguments, out, err);
  if (arguments.all && arguments.verb == Verb::trip_release)
    return release_all(arguments, out, err);
  return ask_daemon(arguments, out, err);
}

}  // namespace

int run(int argc, const char* const* argv, const configuration::Environment& environment,
        std::ostream& out, std::ostream& err) {
  const auto arguments = parse_arguments(argc, argv, environment);
  if (!arguments) {
    out << arguments.error().out;
    err << arguments.error().err;
    return static_cast<int>(arguments.error().exit_code);
  }
  return static_cast<int>(act(*arguments, environment, out, err));
}

}  // namespace gatehouse::command
