#include "daemon/configuration/reference.hpp"

#include <fmt/format.h>

#include "daemon/configuration/load.hpp"
#include "daemon/configuration/model/value.hpp"

namespace gatehouse::configuration {
namespace {

// `text` in lines of at most 100 characters, each behind "# ".
std::string comment(std::string_view text) {
  constexpr std::size_t line_width = 98;
  std::string out;
  while (!text.empty()) {
    std::size_t end = text.size();
    if (end > line_width) end = text.rfind(' ', line_width);
    out += fmt::format("# {}\n", text.substr(0, end));
    text.remove_prefix(end);
    if (text.starts_with(' ')) text.remove_prefix(1);
  }
  return out;
}

std::string range_text(const Field& field) {
  if (field.range.max == Range{}.max) return "";
  Configuration limits;
  const auto text = [&](std::int64_t number) {
    const Slot slot = field.slot(limits);
    if (auto* const* duration = std::get_if<milliseconds*>(&slot)) {
      **duration = milliseconds(number);
    } else if (auto* const* size = std::get_if<ByteCount*>(&slot)) {
      (*size)->value = static_cast<std::size_t>(number);
    } else if (auto* const* count = std::get_if<std::size_t*>(&slot)) {
      **count = static_cast<std::size_t>(number);
    }
    return value_text(field, limits);
  };
  return fmt::format(", {} to {}", text(field.range.min), text(field.range.max));
}

}  // namespace

std::string reference_markdown() {
  const Configuration initial = defaults();
  std::string out;
  for (const Section& section : sections()) {
    out += fmt::format("## `[{}]`\n\n{}\n\n", section.name, section.doc);
    out += "| key | type | default | takes effect | |\n|---|---|---|---|---|\n";
    for (const Field& field : fields()) {
      if (field.section != section.name) continue;
      out += fmt::format("| `{}` | {}{} | `{}` | {} | {} |\n", field.key, type_text(field),
                         range_text(field), value_text(field, initial),
                         field.reload == Reload::on_sighup ? "reload" : "restart", field.doc);
    }
    out += "\n";
  }
  return out;
}

std::string default_toml() {
  Configuration packaged = defaults();
  packaged.store.id = "STORE-001";
  std::string out =
      "# Gatehouse. Better than to edit this file: put your settings into conf.d/*.toml beside "
      "it,\n"
      "# where a later file wins, key by key. `gatehouse check-config` tells what is wrong or "
      "left\n"
      "# to do. [cloud] url can also be set as GATEHOUSE_CLOUD_URL, and every other key "
      "likewise.\n";
  for (const Section& section : sections()) {
    out += fmt::format("\n{}[{}]\n", comment(section.doc), section.name);
    for (const Field& field : fields()) {
      if (field.section != section.name) continue;
      out +=
          fmt::format("\n{}{} = {}\n", comment(field.doc), field.key, value_text(field, packaged));
    }
  }
  return out;
}

}  // namespace gatehouse::configuration
