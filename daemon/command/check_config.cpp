#include "daemon/command/check_config.hpp"

#include <nlohmann/json.hpp>
#include <ostream>

#include "daemon/command/shown.hpp"
#include "daemon/configuration/reference.hpp"

namespace gatehouse::command {
namespace {

using Json = nlohmann::ordered_json;
using Checked = std::expected<configuration::Loaded, std::vector<configuration::ConfigError>>;

Json to_json(const Checked& checked) {
  Json errors = Json::array();
  Json warnings = Json::array();
  Json files = Json::array();
  if (!checked) {
    for (const auto& error : checked.error()) {
      errors.push_back({{"source", error.source},
                        {"line", error.line},
                        {"key", error.key},
                        {"value", error.value},
                        {"message", error.message}});
    }
  } else {
    for (const auto& file : checked->files) files.push_back(file.string());
    for (const auto& warning : checked->warnings) {
      warnings.push_back({{"key", warning.key}, {"message", warning.message}});
    }
  }
  return {{"ok", checked.has_value()},
          {"files", std::move(files)},
          {"errors", std::move(errors)},
          {"warnings", std::move(warnings)}};
}

void print(const Checked& checked, std::ostream& out, std::ostream& err) {
  if (!checked) {
    for (const auto& error : checked.error()) err << for_terminal(to_text(error)) << "\n";
    return;
  }
  for (const auto& [key, message, pressing] : checked->warnings) {
    out << "warning: " << key << ": " << for_terminal(message) << "\n";
  }
  for (const auto& file : checked->files) out << "read " << file.string() << "\n";
  out << "configuration OK\n";
}

}  // namespace

ExitCode check_config(const Arguments& arguments, const configuration::Environment& environment,
                      std::ostream& out, std::ostream& err) {
  if (arguments.print_reference || arguments.print_default) {
    out << (arguments.print_reference ? configuration::reference_markdown()
                                      : configuration::default_toml());
    return ExitCode::ok;
  }
  const Checked checked = configuration::load(arguments.configuration_file, environment);
  if (arguments.json) {
    out << to_json(checked).dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
  } else {
    print(checked, out, err);
  }
  return checked ? ExitCode::ok : ExitCode::wrong_input;
}

}  // namespace gatehouse::command
