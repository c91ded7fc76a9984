#include "daemon/configuration/reload.hpp"

#include <variant>

#include "daemon/configuration/model/field.hpp"
#include "daemon/configuration/model/value.hpp"

namespace gatehouse::configuration {

Configuration reloaded(const Configuration& running, Configuration wanted) {
  Configuration source = running;
  for (const Field& field : fields()) {
    if (field.reload == Reload::on_sighup) continue;
    std::visit([&](auto* kept) { *std::get<decltype(kept)>(field.slot(wanted)) = *kept; },
               field.slot(source));
  }
  // Not fields: they come with the environment, which a running process cannot be given anew.
  wanted.aws.access_key_id = running.aws.access_key_id;
  wanted.aws.secret_access_key = running.aws.secret_access_key;
  wanted.aws.session_token = running.aws.session_token;
  return wanted;
}

std::vector<std::string> needs_restart(const Configuration& running, const Configuration& wanted) {
  std::vector<std::string> keys;
  for (const Field& field : fields()) {
    if (field.reload == Reload::on_restart &&
        value_text(field, running) != value_text(field, wanted)) {
      keys.push_back(field.name());
    }
  }
  return keys;
}

}  // namespace gatehouse::configuration
