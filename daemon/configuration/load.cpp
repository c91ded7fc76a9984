#include "daemon/configuration/load.hpp"

#include <unistd.h>
#include <algorithm>
#include <system_error>

#include "daemon/configuration/model/findings.hpp"
#include "daemon/configuration/model/value.hpp"
#include "daemon/configuration/reading/secret_files.hpp"
#include "daemon/configuration/reading/toml_file.hpp"
#include "daemon/configuration/reading/unknown.hpp"
#include "daemon/configuration/rules/jwo_endpoints.hpp"
#include "daemon/configuration/rules/relations.hpp"
#include "daemon/log/log_level.hpp"

namespace gatehouse::configuration {
namespace {

constexpr std::string_view environment_prefix = "GATEHOUSE_";

void apply(const Field& field, const Value& value, const Origin& origin, Configuration& into,
           Findings& findings) {
  findings.set_at(field.name(), origin);
  if (const auto assigned = assign(field, into, value); !assigned) {
    findings.add({origin.source, origin.line, field.name(), refused_text(field, value),
                  "expected " + assigned.error()});
  }
}

void apply_file(const std::filesystem::path& path, Configuration& into, Findings& findings) {
  TomlFile file = read_toml(path);
  for (ConfigError& error : file.errors) findings.add(std::move(error));
  for (const Setting& setting : file.settings) {
    const Field* const field = find_field(setting.section, setting.key);
    if (field != nullptr) {
      apply(*field, setting.value, {path, setting.line}, into, findings);
      continue;
    }
    const bool known_section = std::ranges::any_of(
        sections(), [&](const Section& section) { return section.name == setting.section; });
    if (known_section && setting.key.empty()) continue;
    // Its value is not shown: under an unknown name it may be anything.
    const std::string key =
        setting.key.empty() ? setting.section : setting.section + "." + setting.key;
    findings.add({path, setting.line, key, "", unknown_key_text(setting.section, setting.key)});
  }
}

std::vector<std::filesystem::path> drop_ins(const std::filesystem::path& file, Findings& findings) {
  std::vector<std::filesystem::path> found;
  const auto folder = file.parent_path() / "conf.d";
  std::error_code failed;
  std::filesystem::directory_iterator entry(folder, failed);
  const std::filesystem::directory_iterator end;
  for (; !failed && entry != end; entry.increment(failed)) {
    if (entry->path().extension() == ".toml") found.push_back(entry->path());
  }
  if (failed && failed != std::errc::no_such_file_or_directory) {
    findings.add({folder, 0, "", "", "cannot be read: " + failed.message()});
  }
  std::ranges::sort(found);
  return found;
}

void check_log_level(std::string_view text, Findings& findings) {
  if (log::read_level(text)) return;
  findings.warning(
      log::level_variable,
      "is not a log level, so info is used; expected trace, debug, info, warn or error");
}

void apply_environment(const Environment& environment, Configuration& into, Findings& findings) {
  for (const Field& field : fields()) {
    const auto variable = environment.find(field.variable());
    if (variable == environment.end()) continue;
    apply(field, value_from_text(field, variable->second), {"environment"}, into, findings);
  }
  for (auto it = environment.lower_bound(environment_prefix);
       it != environment.end() && it->first.starts_with(environment_prefix); ++it) {
    const bool known = std::ranges::any_of(
        fields(), [&](const Field& field) { return field.variable() == it->first; });
    if (known) continue;
    if (it->first == log::level_variable) {
      check_log_level(it->second, findings);
      continue;
    }
    if (auto text = unknown_variable_text(it->first); !text.empty()) {
      findings.add({"environment", 0, it->first, "", std::move(text)});
    } else {
      findings.warning(it->first, "has no effect: Gatehouse has no such variable");
    }
  }
}

std::string get(const Environment& environment, std::string_view name) {
  const auto found = environment.find(name);
  return found == environment.end() ? "" : found->second;
}

void apply_aws(const Environment& environment, Aws& aws) {
  aws.access_key_id = Secret(get(environment, "AWS_ACCESS_KEY_ID"));
  aws.secret_access_key = Secret(get(environment, "AWS_SECRET_ACCESS_KEY"));
  aws.session_token = Secret(get(environment, "AWS_SESSION_TOKEN"));
}

void complete(Jwo& jwo) {
  const auto fill = [&jwo](Url& url, JwoService service) {
    if (!url.text.empty()) return;
    url.text = invoke_url(service, jwo.region, jwo.test_environment).value_or("");
  };
  if (jwo.settlement == sync::SettlementMode::none) return;
  fill(jwo.payments_url, JwoService::payments);
  fill(jwo.checkout_url, JwoService::checkout);  // trips of an earlier setting may need it
}

}  // namespace

Environment process_environment() {
  Environment environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) {
      environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return environment;
}

Configuration defaults() {
  Configuration configuration;
  for (const Field& field : fields()) {
    // The tests hold that every default of the table fits its key.
    (void)assign(field, configuration, value_from_text(field, field.initial));
  }
  return configuration;
}

std::expected<Loaded, std::vector<ConfigError>> load(const std::filesystem::path& file,
                                                     const Environment& environment) {
  Findings findings;
  Loaded loaded{defaults(), {}, {file}};
  std::ranges::move(drop_ins(file, findings), std::back_inserter(loaded.files));
  for (const auto& path : loaded.files) apply_file(path, loaded.configuration, findings);
  apply_environment(environment, loaded.configuration, findings);
  apply_aws(environment, loaded.configuration.aws);
  resolve_files(loaded.configuration, get(environment, "CREDENTIALS_DIRECTORY"), findings);
  check_relations(loaded.configuration, findings);
  if (findings.failed()) return std::unexpected(std::move(findings).take_errors());
  complete(loaded.configuration.jwo);
  loaded.warnings = std::move(findings).take_warnings();
  return loaded;
}

}  // namespace gatehouse::configuration
