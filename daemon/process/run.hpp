#pragma once

namespace gatehouse::process {

/// gatehoused: `--config FILE` (default /etc/gatehouse/gatehouse.toml), `--check` (validate the
/// configuration and exit), `--schema` (print "ledger N" and "cache M", the highest schemas that
/// this version knows, and exit; packaging reads it), `--version`. Exit status: 0 after a clean
/// stop, a good --check, --schema or --version; 1 when it cannot start or run; 2 when the
/// configuration or the command line is wrong.
int run(int argc, char** argv);

}  // namespace gatehouse::process
