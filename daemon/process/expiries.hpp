#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "daemon/configuration/model/configuration.hpp"
#include "daemon/local/facts/facts.hpp"

namespace gatehouse::process {

/// When the certificates that the configuration names and uses expire, by their keys: our own, and
/// the authorities that we trust. Reads the files at each call, for they are replaced while we run:
/// a fraction of a millisecond each, some for a bundle of all authorities. Any thread.
[[nodiscard]] std::vector<local::Expiry> certificate_expiries(
    const configuration::Configuration& configuration);

/// Notes in `files` how long what was read at the start lasts, by the same keys: the gate's TLS
/// goes on with that until a restart. Pure.
void note_in_use(std::vector<local::Expiry>& files, const std::vector<local::Expiry>& at_start);
/// Those of the gate alone.
[[nodiscard]] std::vector<local::Expiry> gate_certificate_expiries(const configuration::Gate& gate);

/// When the key of the package repository expires, as its package has written it into `file`: one
/// line, a time in RFC 3339 or "never". nullopt: there is no such file, so this box was not
/// installed from a repository.
[[nodiscard]] std::optional<local::Expiry> archive_key_expiry(const std::filesystem::path& file);

}  // namespace gatehouse::process
