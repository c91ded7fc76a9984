#include "daemon/command/arguments.hpp"

#include <CLI/CLI.hpp>
#include <sstream>

namespace gatehouse::command {
namespace {

constexpr auto* exit_codes =
    "Exit codes: 0 well; 1 health is critical, not found, or refused; 2 wrong arguments or\n"
    "configuration; 3 the daemon is not reachable; 4 neither root nor in group gatehouse.";

// Each verb is set when its subcommand was the last one parsed.
void add_verb(CLI::App& parent, const char* name, const char* help, Verb verb, Arguments& into,
              const std::function<void(CLI::App&)>& options = {}) {
  CLI::App* const command = parent.add_subcommand(name, help);
  command->add_flag("--json", into.json, "Print JSON, as the daemon answers it");
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
                     "UUID of this refund: the same one again does nothing twice");
}

/// One by its id, or all of them: exactly one of both. Gives --all.
CLI::Option* add_one_or_all(CLI::App& command, Arguments& into, const char* all_help,
                            const std::function<void(CLI::App&)>& add_id) {
  CLI::App* const which = command.add_option_group("which");
  which->require_option(1);
  add_id(*which);
  CLI::Option* const all = which->add_flag("--all", into.all, all_help);
  command
      .add_option("--since", into.since,
                  "Of all: not longer ago than this, e.g. 2h or 2025-05-02T00:05:18Z")
      ->needs(all);
  command.add_flag("--dry-run", into.dry_run, "Of all: only say what would be done")->needs(all);
  return all;
}

void add_release(CLI::App& command, Arguments& into) {
  CLI::Option* const all = add_one_or_all(
      command, into, "Every held charge that is not in doubt and was not held by an operator",
      [&into](CLI::App& which) {
        which.add_option("ID", into.trip_id, "idempotentShoppingTripId");
      });
  command.add_option("--state", into.state, "Of all: those that are held")
      ->needs(all)
      ->check(CLI::IsMember({"held"}));
  auto* captured = command.add_flag_callback(
      "--captured", [&into] { into.captured = true; },
      "The capture in doubt happened: the shopper was charged");
  command
      .add_flag_callback(
          "--not-captured", [&into] { into.captured = false; },
          "It did not happen: charge the shopper now")
      ->excludes(captured)
      ->excludes(all);
  captured->excludes(all);
}

void add_trip(CLI::App& app, Arguments& into) {
  CLI::App* const trip = app.add_subcommand("trip", "One shopping trip");
  trip->require_subcommand(1);
  add_verb(*trip, "show", "Show its deliveries and its charge", Verb::trip_show, into,
           [&into](CLI::App& command) { add_trip_id(command, into); });
  add_verb(*trip, "charge", "Set the price of a trip that waits for it", Verb::trip_charge, into,
           [&into](CLI::App& command) {
             add_trip_id(command, into);
             add_money(command, into);
           });
  add_verb(*trip, "refund", "Give back a part of what was captured, or all", Verb::trip_refund,
           into, [&into](CLI::App& command) { add_refund(command, into); });
  add_verb(*trip, "hold", "Make no further call to Amazon about its charge", Verb::trip_hold, into,
           [&into](CLI::App& command) {
             add_trip_id(command, into);
             command.add_option("--reason", into.reason, "One line, kept in its history");
           });
  add_verb(*trip, "release", "Go on with a charge that is held or expired", Verb::trip_release,
           into, [&into](CLI::App& command) { add_release(command, into); });
  add_verb(*trip, "cancel", "Charge nothing and release the pre-authorisation", Verb::trip_cancel,
           into, [&into](CLI::App& command) { add_trip_id(command, into); });
}

void add_retry(CLI::App& command, Arguments& into) {
  CLI::Option* const all = add_one_or_all(
      command, into, "Every one that was set aside, and every one that waits for its next attempt",
      [&into](CLI::App& which) {
        which.add_option("ID", into.record_id, "Its number in the list")
            ->check(CLI::PositiveNumber);
      });
  command.add_option("--state", into.state, "Of all: only these")
      ->needs(all)
      ->check(CLI::IsMember({"pending", "set_aside"}));
  command.add_option("--kind", into.kind, "Of all: only these")
      ->needs(all)
      ->check(
          CLI::IsMember({"cart", "payment_record", "refund", "payment_status", "refund_record"}));
}

void add_records(CLI::App& app, Arguments& into) {
  CLI::App* const records = app.add_subcommand("records", "Deliveries to the cloud");
  records->require_subcommand(1);
  add_verb(*records, "list", "List them, the oldest first", Verb::records_list, into,
           [&into](CLI::App& command) {
             command.add_option("--state", into.state, "Only these")
                 ->check(CLI::IsMember({"pending", "delivered", "set_aside"}));
             command.add_option("--limit", into.limit, "At most so many")
                 ->check(CLI::Range(1, 500))
                 ->capture_default_str();
           });
  add_verb(*records, "retry", "Send one now, or all, also those that were set aside",
           Verb::records_retry, into, [&into](CLI::App& command) { add_retry(command, into); });
}

void add_ledger(CLI::App& app, Arguments& into) {
  CLI::App* const ledger = app.add_subcommand("ledger", "The ledger as a whole");
  ledger->require_subcommand(1);
  add_verb(*ledger, "accept",
           "Go on with the charges that are withheld since the ledger lacks history",
           Verb::ledger_accept, into, [&into](CLI::App& command) {
             command.add_flag("--dry-run", into.dry_run, "Only say what would be accepted");
           });
}

void add_check_config(CLI::App& app, Arguments& into) {
  add_verb(app, "check-config", "Say what is wrong with the configuration, or left to do",
           Verb::check_config, into, [&into](CLI::App& command) {
             command
                 .add_option("--config", into.configuration_file,
                             "Main file; conf.d/*.toml beside it is read after it")
                 ->capture_default_str();
             command.add_flag("--print-reference", into.print_reference)->group("");
             command.add_flag("--print-default", into.print_default)->group("");
           });
}

void add_iam_policy(CLI::App& app, Arguments& into) {
  add_verb(app, "iam-policy", "Print the least IAM policy that the configuration needs",
           Verb::iam_policy, into, [&into](CLI::App& command) {
             command
                 .add_option("--resource", into.resource,
                             "ARN of Amazon's API, as the Amazon team names it")
                 ->required();
             command.add_option("--config", into.configuration_file, "Main configuration file")
                 ->capture_default_str();
           });
}

constexpr auto* selftest_help =
    "Run Amazon's numbered test cases against the gate of a box.\n"
    "The carts it sends are real: they stay in the ledger and are delivered to the cloud, as app\n"
    "entries that nobody is charged for. Their trip ids begin with 5e1f7e57-, their item is\n"
    "SELFTEST-001. Cases that need something of the feed are not run unless it is named here.";

void add_selftest(CLI::App& app, Arguments& into) {
  SelftestArguments& test = into.selftest;
  add_verb(app, "selftest", selftest_help, Verb::selftest, into, [&](CLI::App& command) {
    command.add_option("--plan", test.plan, "Which cases")
        ->check(CLI::IsMember({"identity", "ordering", "fraud", "all"}))
        ->capture_default_str();
    command.add_option("--config", into.configuration_file,
                       "Where gate, store and token are read that are not named here");
    command.add_option("--gate", test.gate,
                       "http://host:port or https://host:port, with gate.path_prefix as its path, "
                       "or the absolute path of a unix socket");
    command.add_option(
        "--ca", test.authorities,
        "Who signs the gate's certificate (PEM); without it the system's authorities "
        "or, for the gate of the configuration, its own certificate");
    auto* const certificate =
        command.add_option("--client-certificate", test.client_certificate,
                           "Shown to a gate that asks its callers for one (PEM)");
    auto* const key = command.add_option("--client-key", test.client_key, "Its key (PEM)");
    certificate->needs(key);
    key->needs(certificate);
    command.add_option("--store", test.store_id, "The storeId to send");
    command.add_option("--bearer-token-file", test.bearer_token_file,
                       "File with the token that the gate demands");
    command.add_option("--known-key", test.known_key, "Code of an active shopper, decoded");
    command.add_option("--associate-key", test.associate_key, "Code of an associate, decoded");
    command.add_option("--accepted-instrument", test.accepted_instrument,
                       "Id of an instrument with decision accept");
    command.add_option("--denied-instrument", test.denied_instrument, "... with decision deny");
    command.add_option("--adjusted-instrument", test.adjusted_instrument,
                       "... with authorize, in USD");
    command.add_option("--indebted-instrument", test.indebted_instrument,
                       "... with an outstanding balance");
    command.add_flag("--card-entry", test.card_entry,
                     "Run the case of a card entry too: where the box settles, it asks Amazon to "
                     "charge a trip that Amazon does not know");
  });
}

}  // namespace

std::expected<Arguments, Ended> parse_arguments(int argc, const char* const* argv,
                                                const configuration::Environment& environment) {
  Arguments into;
  const auto socket = environment.find("GATEHOUSE_LOCAL_CONTROL_SOCKET");
  into.socket = socket == environment.end() ? "/run/gatehouse/control.sock" : socket->second;
  into.configuration_file = "/etc/gatehouse/gatehouse.toml";

  CLI::App app{"Looks after the Gatehouse of this machine", "gatehouse"};
  app.footer(exit_codes);
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--socket", into.socket, "The daemon's control socket")->capture_default_str();
  add_verb(app, "status", "How things stand, and what to do", Verb::status, into);
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
