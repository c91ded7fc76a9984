#include "daemon/command/run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <iostream>

#include "daemon/command/arguments.hpp"
#include "daemon/command/bulk.hpp"
#include "daemon/command/check_config.hpp"
#include "daemon/command/client.hpp"
#include "daemon/command/iam_policy.hpp"
#include "daemon/command/render.hpp"
#include "daemon/command/salvage/salvage_text.hpp"
#include "daemon/command/selftest.hpp"
#include "daemon/command/shown.hpp"
#include "daemon/gate/decision/purchase_id.hpp"
#include "store/ledger/salvage/ledger_salvage.hpp"
#include "store/values/json_object.hpp"
#include "store/values/rfc3339.hpp"
#include "store/values/text/percent.hpp"
#include "store/values/version.hpp"
#include "sync/transport/json_document.hpp"

namespace gatehouse::command {
namespace {

constexpr std::chrono::seconds answer_deadline{10};

struct Call {
  std::string method;
  std::string target;
  std::string body;
};

std::string trip_path(const Arguments& arguments) {
  return "/local/v1/trips/" + percent_encoded(arguments.trip_id);
}

JsonObject money(const Arguments& arguments) {
  return JsonObject().text("amount", arguments.amount).text("code", arguments.currency);
}

std::string charge_body(const Arguments& arguments) {
  JsonObject charge = money(arguments);
  if (arguments.free) charge.boolean("free", true);
  return charge.done();
}

std::string refund_body(const Arguments& arguments) {
  JsonObject refund = money(arguments);
  refund.text("reason", arguments.reason).text("refundRequestId", arguments.refund_request_id);
  if (arguments.confirm) refund.boolean("confirm", true);
  return refund.done();
}

/// '' where there is none.
std::string reason_body(const Arguments& arguments) {
  return arguments.reason.empty() ? "" : JsonObject().text("reason", arguments.reason).done();
}

std::string release_body(const Arguments& arguments) {
  JsonObject said;
  if (arguments.captured) said.boolean("captured", *arguments.captured);
  if (arguments.confirm) said.boolean("confirm", true);
  if (!arguments.reason.empty()) said.text("reason", arguments.reason);
  std::string body = said.done();
  return body == "{}" ? "" : body;
}

std::string decision_body(const Arguments& arguments) {
  JsonObject body;
  body.text("decision", arguments.decision);
  if (!arguments.by.empty()) body.text("by", arguments.by);
  if (arguments.confirm) body.boolean("confirm", true).json("amount", money(arguments).done());
  return body.done();
}

std::string by_body(const Arguments& arguments) {
  return JsonObject().text("by", arguments.by).done();
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
      return {"POST", trip_path(arguments) + "/hold", reason_body(arguments)};
    case Verb::trip_release:
      return {"POST", trip_path(arguments) + "/release", release_body(arguments)};
    case Verb::trip_capture_authorised:
      return {"POST", trip_path(arguments) + "/capture-authorised", reason_body(arguments)};
    case Verb::trip_cancel:
      return {"POST", trip_path(arguments) + "/cancel", ""};
    case Verb::trip_decide:
      return {"POST", trip_path(arguments) + "/decide", decision_body(arguments)};
    case Verb::trip_settled:
      return {"POST", trip_path(arguments) + "/settled", money(arguments).done()};
    case Verb::records_list:
      return {"GET",
              "/local/v1/records?state=" + arguments.state +
                  "&limit=" + std::to_string(arguments.limit),
              ""};
    case Verb::records_retry:
      return {"POST", "/local/v1/records/" + std::to_string(arguments.record_id) + "/retry", ""};
    case Verb::records_decide:
      return {"POST", fmt::format("/local/v1/records/{}/decide", arguments.record_id),
              decision_body(arguments)};
    case Verb::records_show:
      return {"GET", "/local/v1/refused-carts/" + arguments.refused_id, ""};
    case Verb::records_export:
      return {"GET", "/local/v1/refused-carts/" + arguments.refused_id + "/cart", ""};
    case Verb::records_forward:
      return {"POST", "/local/v1/refused-carts/" + arguments.refused_id + "/forward", ""};
    case Verb::records_drop:
      return {"POST", "/local/v1/refused-carts/" + arguments.refused_id + "/drop",
              by_body(arguments)};
    case Verb::ledger_evidence_sound:
      return {"POST", "/local/v1/ledger/evidence-sound", by_body(arguments)};
    case Verb::ledger_accept:
      return {"POST", "/local/v1/ledger/accept",
              JsonObject().boolean("dryRun", arguments.dry_run).done()};
    default:
      return {"GET", "/local/v1/status", ""};
  }
}

std::string warning_text(JsonValue answer) {
  const auto warning = text(answer, "warning");
  return warning.empty() ? "" : "warning: " + warning + "\n";
}

std::string decided_text(std::string_view outcome) {
  if (outcome == "refunded") return "the refund counts as made: the cloud gets a record of it\n";
  if (outcome == "not_refunded") {
    return "the refund counts as not made: `gatehouse trip refund` makes another one\n";
  }
  return "the refund is sent no more, but its last call may still have its effect, so it counts as "
         "made. Say the same again in 20 minutes\n";
}

std::string rendered(const Arguments& arguments, JsonValue answer) {
  switch (arguments.verb) {
    case Verb::trip_show:
      return render_trip(answer);
    case Verb::trip_list:
      return render_charges(answer);
    case Verb::trip_charge:
      if (text(answer, "outcome") == "held") {
        return "a price of 0 is taken only with --free: the charge is held without a price\n";
      }
      return "price recorded (" + text(answer, "outcome") + ")\n" +
             (text(answer, "outcome") == "replaced"
                  ? "the charge stays held: release it with `gatehouse trip release ID`\n"
                  : "");
    case Verb::trip_refund:
      return fmt::format("refund recorded ({}) as {}: see `gatehouse trip show`\n{}",
                         text(answer, "outcome"), text(answer, "refundRequestId"),
                         warning_text(answer));
    case Verb::trip_hold:
    case Verb::trip_release:
    case Verb::trip_capture_authorised:
    case Verb::trip_cancel:
    case Verb::trip_decide:
      return "the charge is now " + text(answer, "state") + "\n" +
             (answer["note"].is_absent() ? "" : text(answer, "note") + "\n");
    case Verb::trip_settled:
      return "the report to Amazon is recorded: see `gatehouse trip show`\n";
    case Verb::records_list:
      return render_records(answer);
    case Verb::records_retry:
      return fmt::format("the record will be sent {}\n", when_text(answer));
    case Verb::records_decide:
      return decided_text(text(answer, "outcome")) + warning_text(answer);
    case Verb::records_show:
      return render_refused(answer);
    case Verb::records_forward:
      return fmt::format("record {} brings it to the cloud ({})\n", number(answer, "record"),
                         text(answer, "outcome"));
    case Verb::records_drop:
      return "the cart is removed\n";
    case Verb::ledger_evidence_sound:
      return fmt::format("a reconciliationId counts again as a sign of a capture ({} trips)\n",
                         number(answer, "trips"));
    case Verb::ledger_accept:
      return render_acceptance(answer);
    default:
      return render_status(answer);
  }
}

ExitCode exit_code_of(const Arguments& arguments, unsigned status, JsonValue answer) {
  if (status != 200) return refusal_code(status);
  const bool critical = arguments.verb == Verb::status && text(answer, "health") == "critical";
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
  const auto answer = answer_in(reply, arguments.socket);
  if (!answer) {
    err << "gatehouse: " << answer.error().message << "\n";
    return answer.error().exit_code;
  }
  if (arguments.json) {
    out << reply.body;
  } else if (reply.status == 200) {
    out << rendered(arguments, answer->root());
  }
  if (reply.status != 200) err << "gatehouse: " << text(answer->root(), "errorMsg") << "\n";
  return exit_code_of(arguments, reply.status, answer->root());
}

ExitCode ask_daemon(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  const Call wanted = call_of(arguments);
  const auto reply =
      call(arguments.socket, wanted.method, wanted.target, wanted.body, answer_deadline);
  if (reply) return print_answer(arguments, *reply, out, err);
  err << "gatehouse: " << reply.error().message << "\n";
  return reply.error().exit_code;
}

ExitCode print_version(const Arguments& arguments, std::ostream& out) {
  if (arguments.json) {
    out << JsonObject().text("version", program_version).done() << "\n";
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

/// Without the daemon, which must not run on this ledger.
ExitCode salvage(const Arguments& arguments, const configuration::Environment& environment,
                 std::ostream& out, std::ostream& err) {
  std::error_code error;
  const auto file = std::filesystem::canonical(arguments.ledger_file, error);  // its lock as well
  if (error) {
    err << "gatehouse: " << arguments.ledger_file.string() << ": " << error.message() << "\n";
    return ExitCode::unhealthy;
  }
  const Descriptor lock = open_folder_of(file);
  if (!keeps_daemon_out(lock)) {
    err << "gatehouse: a daemon uses " << file.string()
        << ", or its lock cannot be read: stop it first (see the runbook for ledger_damaged)\n";
    return ExitCode::unhealthy;
  }
  const WallTime now = SystemClock().wall();
  std::string time = rfc3339(now);
  std::erase_if(time, [](char letter) { return letter == ':' || letter == '-'; });
  const auto configured = configuration::load(arguments.configuration_file, environment);
  auto report = store::salvage_ledger(
      file, {arguments.work_folder.empty() ? file.parent_path() : arguments.work_folder,
             file.string() + ".salvaged-" + time, now,
             configured ? configured->configuration.store.id : "",
             [](std::string_view store, std::string_view trip) {
               return gate::purchase_id_of(store, trip);
             }});
  if (!report) {
    err << "gatehouse: " << report.error().message << "\n";
    return ExitCode::unhealthy;
  }
  out << (arguments.json ? salvage_json(*report) + "\n" : salvage_text(*report, file, time));
  return ExitCode::ok;
}

ExitCode act(const Arguments& arguments, const configuration::Environment& environment,
             std::ostream& out, std::ostream& err) {
  if (arguments.verb == Verb::version) return print_version(arguments, out);
  if (arguments.verb == Verb::check_config) return check_config(arguments, environment, out, err);
  if (arguments.verb == Verb::iam_policy) return iam_policy(arguments, environment, out, err);
  if (arguments.verb == Verb::selftest) return selftest(arguments, environment, out, err);
  if (arguments.verb == Verb::trip_refund) return refund(arguments, out, err);
  if (arguments.verb == Verb::ledger_verify) return verify_ledger(arguments, out, err);
  if (arguments.verb == Verb::ledger_salvage) return salvage(arguments, environment, out, err);
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
