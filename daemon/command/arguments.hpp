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
  trip_charge,
  trip_refund,
  trip_hold,
  trip_release,
  trip_cancel,
  records_list,
  records_retry,
  check_config,
  iam_policy,
  version
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
  std::string state;
  std::int64_t limit = 100;
  std::int64_t record_id = 0;
  std::filesystem::path configuration_file;
  std::string resource;          ///< iam-policy: the ARN that Amazon gave
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
