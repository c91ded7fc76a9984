#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>

#include "daemon/command/exit_code.hpp"
#include "daemon/configuration/load.hpp"

namespace gatehouse::command {

enum class Verb {
  status,
  trip_show,
  trip_list,
  trip_charge,
  trip_refund,
  trip_hold,
  trip_release,
  trip_cancel,
  trip_capture_authorised,
  trip_decide,
  trip_settled,
  records_list,
  records_retry,
  records_decide,
  records_show,
  records_export,
  records_forward,
  records_drop,
  ledger_accept,
  ledger_evidence_sound,
  ledger_verify,
  ledger_salvage,
  check_config,
  iam_policy,
  selftest,
  version
};

/// Of `gatehouse selftest`. What is '' comes from the configuration, or is not used.
struct SelftestArguments {
  std::string plan = "all";
  std::string gate;                   ///< http or https URL, or absolute path of a unix socket
  std::filesystem::path authorities;  ///< that sign the gate's certificate; '' : the system's
  std::filesystem::path client_certificate;
  std::filesystem::path client_key;
  std::string store_id;
  std::filesystem::path bearer_token_file;
  std::string known_key;
  std::string associate_key;
  std::string accepted_instrument;
  std::string denied_instrument;
  std::string adjusted_instrument;
  std::string indebted_instrument;
  bool card_entry = false;
};

struct Arguments {
  Verb verb = Verb::status;
  bool json = false;
  std::string socket;
  std::string trip_id;
  std::string amount;
  std::string currency;
  std::string reason;             ///< of a refund: Amazon's code; of a hold: any text
  std::string refund_request_id;  ///< '' : a new one
  std::optional<bool> captured;   ///< what is said of a capture in doubt
  bool free = false;              ///< of a price of nothing: it is meant
  bool confirm = false;           ///< of a release or decision: it passes; of a refund: it is late
  std::string decision;           ///< of `trip decide` and `records decide`: a word
  std::string by;                 ///< who decided, ''
  std::string from;               ///< a file with a list of decisions, ''
  std::string state;
  bool all = false;      ///< every record, every held charge, as far as `since`, `state`, `kind` go
  bool dry_run = false;  ///< of `all`, of `from`, or of the acceptance of a ledger
  std::string since;     ///< of `all`: a time, or a duration
  std::string kind;      ///< of `all`, of records
  std::int64_t limit = 100;
  std::int64_t record_id = 0;
  std::string refused_id;             ///< of a refused cart: "r7"
  std::filesystem::path ledger_file;  ///< to be salvaged
  std::filesystem::path work_folder;  ///< '' : that of ledger_file
  std::filesystem::path configuration_file;
  std::string resource;  ///< iam-policy: the ARN that Amazon gave
  SelftestArguments selftest;
  bool print_reference = false;  ///< hidden: docs/configuration.md is checked against it
  bool print_default = false;    ///< hidden: packaging/gatehouse.toml is made with it
};

/// Nothing to do but to print this: help, or what is wrong with the arguments.
struct Ended {
  ExitCode exit_code = ExitCode::ok;
  std::string out;
  std::string err;
};

/// GATEHOUSE_LOCAL_CONTROL_SOCKET in `environment` replaces the default of --socket.
[[nodiscard]] std::expected<Arguments, Ended> parse_arguments(
    int argc, const char* const* argv, const configuration::Environment& environment);

}  // namespace gatehouse::command
