#include "daemon/command/arguments.hpp"

#include <CLI/CLI.hpp>
#include <functional>
#include <sstream>

namespace gatehouse::command {
namespace {

constexpr auto* exit_codes =
    "Exit codes: 0 OK; 1 critical, not found or refused; 2 invalid arguments or configuration;\n"
    "3 the daemon is not reachable; 4 not permitted: only root and group gatehouse are.";

/// Adds to a subcommand what is its own.
using Options = std::move_only_function<void(CLI::App&)>;

// Each verb is set when its subcommand was the last one parsed.
void add_verb(CLI::App& parent, const char* name, const char* help, Verb verb, Arguments& into,
              Options options = {}) {
  CLI::App* const command = parent.add_subcommand(name, help);
  command->add_flag("--json", into.json, "Print JSON");
  if (options) options(*command);
  command->callback([verb, &into] { into.verb = verb; });
}

void add_trip_id(CLI::App& command, Arguments& into) {
  command.add_option("ID", into.trip_id, "idempotentShoppingTripId")->required();
}

void add_money(CLI::App& command, Arguments& into) {
  command.add_option("AMOUNT", into.amount, "e.g. 15.99")->required();
  command.add_option("CODE", into.currency, "currency, e.g. USD")->required();
}

void add_refund(CLI::App& command, Arguments& into) {
  add_trip_id(command, into);
  add_money(command, into);
  command.add_option("REASON", into.reason, "Amazon's reason code")
      ->required()
      ->check(CLI::IsMember(
          {"DAMAGED_ITEM", "EXPIRED_ITEM", "UNWANTED_ITEM", "JWO_TECH_ERROR", "OTHER"}));
  command.add_option("--request-id", into.refund_request_id,
                     "UUID of this refund: a repeated request with the same one refunds once");
  command.add_flag("--confirm", into.confirm,
                   "Send it although the trip is older than jwo.refund_window");
}

/// One by its id, or all of them: exactly one of both. Gives --all.
CLI::Option* add_one_or_all(CLI::App& command, Arguments& into, const char* all_help,
                            Options add_id) {
  CLI::App* const which = command.add_option_group("Selection");
  which->require_option(1);
  add_id(*which);
  CLI::Option* const all = which->add_flag("--all", into.all, all_help);
  command
      .add_option("--since", into.since,
                  "With --all: only items since then, e.g. 2h or 2025-05-02T00:05:18Z")
      ->needs(all);
  command
      .add_flag("--dry-run", into.dry_run, "With --all: print what would be done, change nothing")
      ->needs(all);
  return all;
}

void add_release(CLI::App& command, Arguments& into) {
  CLI::Option* const all = add_one_or_all(
      command, into, "Every held charge, except those in doubt or held by an operator",
      [&into](CLI::App& which) {
        which.add_option("ID", into.trip_id, "idempotentShoppingTripId");
      });
  command.add_option("--state", into.state, "With --all: filter by state")
      ->needs(all)
      ->check(CLI::IsMember({"held"}));
  auto* captured = command.add_flag_callback(
      "--captured", [&into] { into.captured = true; },
      "Confirm that the capture in doubt happened: the shopper was charged");
  auto* not_captured = command.add_flag_callback(
      "--not-captured", [&into] { into.captured = false; },
      "Confirm that it did not happen: charge the shopper now");
  not_captured->excludes(captured)->excludes(all);
  captured->excludes(all);
  command
      .add_flag("--confirm", into.confirm,
                "Let exactly this price pass jwo.charge_max and store.currency")
      ->excludes(captured)
      ->excludes(not_captured)
      ->excludes(all);
  command.add_option("--reason", into.reason, "One line, stored in the trip's history")
      ->excludes(all);
}

void add_decide(CLI::App& command, Arguments& into) {
  CLI::App* const which = command.add_option_group("Selection");
  which->require_option(1, 2);
  auto* const id = which->add_option("ID", into.trip_id, "idempotentShoppingTripId");
  auto* const word =
      which->add_option("WORD", into.decision, "captured, not_captured, written_off or charge")
          ->check(CLI::IsMember({"captured", "not_captured", "written_off", "charge"}));
  auto* const from = which->add_option(
      "--from", into.from, "File with one decision a line: tripId,decision or tripId,decision,by");
  id->needs(word);
  from->excludes(id)->excludes(word);
  command
      .add_option_function<std::vector<std::string>>(
          "--confirm",
          [&into](const std::vector<std::string>& price) {
            into.confirm = true;
            into.amount = price.at(0);
            into.currency = price.at(1);
          },
          "With charge: let exactly this price (AMOUNT CODE) pass the limits")
      ->expected(2)
      ->excludes(from);
  command.add_option("--by", into.by, "Who decided, stored in the trip's history");
  command.add_flag("--dry-run", into.dry_run, "With --from: print what would be done")->needs(from);
}

void add_trip(CLI::App& app, Arguments& into) {
  CLI::App* const trip = app.add_subcommand("trip", "Show or change a shopping trip");
  trip->require_subcommand(1);
  add_verb(*trip, "show", "Show its cart, deliveries, charge and history", Verb::trip_show, into,
           [&into](CLI::App& command) { add_trip_id(command, into); });
  add_verb(*trip, "list", "List the charges in one state, the oldest trip first", Verb::trip_list,
           into, [&into](CLI::App& command) {
             command.add_option("--state", into.state, "e.g. held (the default) or awaiting_price");
             command.add_option("--limit", into.limit, "Maximum number of charges")
                 ->check(CLI::Range(1, 500))
                 ->capture_default_str();
           });
  add_verb(*trip, "charge", "Set the price of a trip that has none yet, or of a held charge",
           Verb::trip_charge, into, [&into](CLI::App& command) {
             add_trip_id(command, into);
             add_money(command, into);
             command.add_flag("--free", into.free,
                              "Confirm an amount of 0: the shopper pays nothing");
           });
  add_verb(*trip, "refund", "Refund the captured amount, or a part of it", Verb::trip_refund, into,
           [&into](CLI::App& command) { add_refund(command, into); });
  add_verb(*trip, "hold", "Make no further call to Amazon that changes the charge", Verb::trip_hold,
           into, [&into](CLI::App& command) {
             add_trip_id(command, into);
             command.add_option("--reason", into.reason, "One line, stored in the trip's history");
           });
  add_verb(*trip, "release", "Resume a held charge, or reopen an expired one", Verb::trip_release,
           into, [&into](CLI::App& command) { add_release(command, into); });
  add_verb(*trip, "capture-authorised",
           "Capture the part of the price that Amazon approved; the rest is debt",
           Verb::trip_capture_authorised, into, [&into](CLI::App& command) {
             add_trip_id(command, into);
             command.add_option("--reason", into.reason, "One line, stored in the trip's history");
           });
  add_verb(*trip, "cancel", "Charge nothing and release the pre-authorisation", Verb::trip_cancel,
           into, [&into](CLI::App& command) { add_trip_id(command, into); });
  add_verb(*trip, "decide", "Say what is to become of a charge that waits for a person",
           Verb::trip_decide, into, [&into](CLI::App& command) { add_decide(command, into); });
  add_verb(*trip, "settled", "Report to Amazon how much of the total was settled so far",
           Verb::trip_settled, into, [&into](CLI::App& command) {
             add_trip_id(command, into);
             add_money(command, into);
           });
}

void add_retry(CLI::App& command, Arguments& into) {
  CLI::Option* const all = add_one_or_all(
      command, into, "All records that were set aside or wait for their next attempt",
      [&into](CLI::App& which) {
        which.add_option("ID", into.record_id, "Number of the record in the list")
            ->check(CLI::PositiveNumber);
      });
  command.add_option("--state", into.state, "With --all: filter by state")
      ->needs(all)
      ->check(CLI::IsMember({"pending", "set_aside"}));
  command.add_option("--kind", into.kind, "With --all: filter by kind")
      ->needs(all)
      ->check(CLI::IsMember({"cart", "payment_record", "refund", "payment_status", "refund_record",
                             "refused_cart", "open_question"}));
}

void add_record_decision(CLI::App& command, Arguments& into) {
  command.add_option("ID", into.record_id, "Number of the refund's record in the list")
      ->required()
      ->check(CLI::PositiveNumber);
  command.add_option("WORD", into.decision, "refunded or not_refunded")
      ->required()
      ->check(CLI::IsMember({"refunded", "not_refunded"}));
  command.add_option("--by", into.by, "Who says so, stored in the trip's history")->required();
}

void add_refused_id(CLI::App& command, Arguments& into) {
  command.add_option("ID", into.refused_id, "Id of a refused cart in the list, e.g. r7")
      ->required()
      ->check([](const std::string& id) -> std::string {
        const bool is_one = id.size() > 1 && id.size() < 20 && id.front() == 'r' &&
                            id.find_first_not_of("0123456789", 1) == std::string::npos;
        return is_one ? "" : "expected the id of a refused cart, such as r7";
      });
}

void add_records(CLI::App& app, Arguments& into) {
  CLI::App* const records =
      app.add_subcommand("records", "List or resend deliveries, and carts that were refused");
  records->require_subcommand(1);
  add_verb(
      *records, "list", "List deliveries, the oldest first", Verb::records_list, into,
      [&into](CLI::App& command) {
        command.add_option("--state", into.state, "Filter by state")
            ->check(CLI::IsMember({"pending", "delivered", "set_aside", "withdrawn", "refused"}));
        command.add_option("--limit", into.limit, "Maximum number of records")
            ->check(CLI::Range(1, 500))
            ->capture_default_str();
      });
  add_verb(*records, "retry", "Send one record now, or all, including those that were set aside",
           Verb::records_retry, into, [&into](CLI::App& command) { add_retry(command, into); });
  add_verb(*records, "decide", "Say whether a refund that Amazon does not end was made",
           Verb::records_decide, into,
           [&into](CLI::App& command) { add_record_decision(command, into); });
  const auto with_id = [&into](CLI::App& command) { add_refused_id(command, into); };
  add_verb(*records, "show", "Show a cart that was answered 400", Verb::records_show, into,
           with_id);
  add_verb(*records, "export", "Print such a cart as it was kept, card numbers masked",
           Verb::records_export, into, with_id);
  add_verb(*records, "forward", "Send such a cart to the cloud, marked as refused",
           Verb::records_forward, into, with_id);
  add_verb(*records, "drop", "Remove such a cart for good; export it first", Verb::records_drop,
           into, [&into](CLI::App& command) {
             add_refused_id(command, into);
             command.add_flag("--confirm", into.confirm, "It was exported, and may be removed")
                 ->required();
             command.add_option("--by", into.by, "Who says so, for the log")->required();
           });
}

void add_ledger(CLI::App& app, Arguments& into) {
  CLI::App* const ledger = app.add_subcommand("ledger", "Manage the ledger");
  ledger->require_subcommand(1);
  add_verb(
      *ledger, "accept", "Resume the charges that are withheld because the ledger lacks history",
      Verb::ledger_accept, into, [&into](CLI::App& command) {
        command.add_flag("--dry-run", into.dry_run, "Print what would be accepted, change nothing");
      });
  add_verb(*ledger, "verify",
           "Read all of the ledger beside the running daemon, and list what is damaged",
           Verb::ledger_verify, into);
  add_verb(*ledger, "salvage",
           "Make a new ledger of what can be read of a damaged one, which stays as it is",
           Verb::ledger_salvage, into, [&into](CLI::App& command) {
             command.add_option("FILE", into.ledger_file, "The damaged ledger, or a copy of it")
                 ->required();
             command.add_option("--work-folder", into.work_folder,
                                "Folder for a private copy; by default that of FILE");
             command.add_option("--config", into.configuration_file, "Main configuration file");
           });
  add_verb(*ledger, "evidence-sound",
           "Let a reconciliationId count as a sign of a capture again, after evidence_unsound",
           Verb::ledger_evidence_sound, into, [&into](CLI::App& command) {
             command.add_option("--by", into.by, "Who says so, stored in the trips' histories")
                 ->required();
           });
}

void add_check_config(CLI::App& app, Arguments& into) {
  add_verb(app, "check-config", "Check the configuration", Verb::check_config, into,
           [&into](CLI::App& command) {
             command
                 .add_option("--config", into.configuration_file,
                             "Main configuration file; conf.d/*.toml beside it are read after it")
                 ->capture_default_str();
             command.add_flag("--print-reference", into.print_reference)->group("");
             command.add_flag("--print-default", into.print_default)->group("");
           });
}

void add_iam_policy(CLI::App& app, Arguments& into) {
  add_verb(app, "iam-policy", "Print a minimal IAM policy for the configuration", Verb::iam_policy,
           into, [&into](CLI::App& command) {
             command.add_option("--resource", into.resource,
                                "ARN of Amazon's API, as provided by the Amazon team; needed where "
                                "jwo.settlement is not none");
             command.add_option("--config", into.configuration_file, "Main configuration file")
                 ->capture_default_str();
           });
}

constexpr auto* selftest_help =
    "Run Amazon's numbered test cases against the gate of a box.\n"
    "The carts it sends are real: they stay in the ledger and are delivered to the cloud, as\n"
    "app-entry trips that are not charged. Their trip ids begin with 5e1f7e57-, their item is\n"
    "SELFTEST-001. Cases that need a key or an instrument of the feed run only if you name it.";

void add_selftest(CLI::App& app, Arguments& into) {
  SelftestArguments& test = into.selftest;
  add_verb(app, "selftest", selftest_help, Verb::selftest, into, [&](CLI::App& command) {
    command.add_option("--plan", test.plan, "Test plan")
        ->check(CLI::IsMember({"identity", "ordering", "fraud", "all"}))
        ->capture_default_str();
    command.add_option("--config", into.configuration_file,
                       "Configuration file with the gate, store and token that are not given here");
    command.add_option("--gate", test.gate,
                       "http://host:port or https://host:port, with gate.path_prefix as its path, "
                       "or the absolute path of a unix socket");
    command.add_option(
        "--ca", test.authorities,
        "Certificate authority (PEM) of the gate's certificate; by default the system's "
        "authorities or, for the gate of the configuration, its own certificate");
    auto* const certificate =
        command.add_option("--client-certificate", test.client_certificate,
                           "Client certificate (PEM), for a gate that requires one");
    auto* const key = command.add_option("--client-key", test.client_key,
                                         "Private key (PEM) of the client certificate");
    certificate->needs(key);
    key->needs(certificate);
    command.add_option("--store", test.store_id, "The storeId to send");
    command.add_option("--bearer-token-file", test.bearer_token_file,
                       "File with the gate's bearer token");
    command.add_option("--known-key", test.known_key, "Decoded code of an active shopper");
    command.add_option("--associate-key", test.associate_key, "Decoded code of an associate");
    command.add_option("--accepted-instrument", test.accepted_instrument,
                       "Id of an instrument with decision accept");
    command.add_option("--denied-instrument", test.denied_instrument,
                       "Id of an instrument with decision deny");
    command.add_option("--adjusted-instrument", test.adjusted_instrument,
                       "Id of an instrument with authorize, in USD");
    command.add_option("--indebted-instrument", test.indebted_instrument,
                       "Id of an instrument with an outstanding balance");
    command.add_flag(
        "--card-entry", test.card_entry,
        "Also run the card-entry case: a box that settles then asks Amazon to charge a "
        "trip that Amazon does not know");
  });
}

}  // namespace

std::expected<Arguments, Ended> parse_arguments(int argc, const char* const* argv,
                                                const configuration::Environment& environment) {
  Arguments into;
  const auto socket = environment.find("GATEHOUSE_LOCAL_CONTROL_SOCKET");
  into.socket = socket == environment.end() ? "/run/gatehouse/control.sock" : socket->second;
  into.configuration_file = "/etc/gatehouse/gatehouse.toml";

  CLI::App app{"Inspect and control the local Gatehouse daemon", "gatehouse"};
  app.footer(exit_codes);
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--socket", into.socket, "The daemon's control socket")->capture_default_str();
  add_verb(app, "status", "Show health, warnings and what to do about them", Verb::status, into);
  add_trip(app, into);
  add_records(app, into);
  add_ledger(app, into);
  add_check_config(app, into);
  add_iam_policy(app, into);
  add_selftest(app, into);
  add_verb(app, "version", "Print the version", Verb::version, into);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const bool fine = app.exit(error, out, err) == 0;
    return std::unexpected(
        Ended{fine ? ExitCode::ok : ExitCode::wrong_input, out.str(), err.str()});
  }
  return into;
}

}  // namespace gatehouse::command
