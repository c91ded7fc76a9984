#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>

#include "daemon/configuration/model/choices.hpp"
#include "daemon/configuration/model/units.hpp"
#include "daemon/configuration/model/value.hpp"
#include "store/values/text/ascii.hpp"

namespace gatehouse::configuration {
namespace {

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (is_control(c)) {
      fmt::format_to(std::back_inserter(out), "\\u{:04X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string list_text(const std::vector<std::string>& list) {
  std::vector<std::string> items;
  for (const std::string& item : list) items.push_back(in_quotes(item));
  return fmt::format("[{}]", fmt::join(items, ", "));
}

struct Shown {
  std::string operator()(const bool* value) const { return *value ? "true" : "false"; }
  std::string operator()(const std::size_t* value) const { return std::to_string(*value); }
  std::string operator()(const std::string* value) const { return in_quotes(*value); }
  std::string operator()(const std::vector<std::string>* value) const { return list_text(*value); }
  std::string operator()(const std::filesystem::path* value) const {
    return in_quotes(value->native());
  }
  std::string operator()(const milliseconds* value) const {
    return in_quotes(format_duration(*value));
  }
  std::string operator()(const ByteCount* value) const { return in_quotes(format_size(*value)); }
  std::string operator()(const Url* value) const { return in_quotes(value->text); }
  std::string operator()(const ListenAddress* value) const { return in_quotes(value->text); }
  std::string operator()(const SecretFile* value) const { return in_quotes(value->source); }
  std::string operator()(const NamedFile* value) const { return in_quotes(value->source); }
  template <class Choice>
  std::string operator()(const Choice* value) const {
    return in_quotes(choices<Choice>.at(static_cast<std::size_t>(*value)));
  }
};

struct TypeText {
  std::string operator()(const bool*) const { return "true or false"; }
  std::string operator()(const std::size_t*) const { return "whole number"; }
  std::string operator()(const std::string*) const { return "text"; }
  std::string operator()(const std::vector<std::string>*) const { return "list of text"; }
  std::string operator()(const std::filesystem::path*) const { return "absolute path"; }
  std::string operator()(const milliseconds*) const { return "duration"; }
  std::string operator()(const ByteCount*) const { return "size"; }
  std::string operator()(const Url*) const { return "URL"; }
  std::string operator()(const ListenAddress*) const { return "address"; }
  std::string operator()(const SecretFile*) const { return "file with a secret"; }
  std::string operator()(const NamedFile*) const { return "file"; }
  template <class Choice>
  std::string operator()(const Choice*) const {
    return fmt::format("`{}`", fmt::join(choices<Choice>, "`, `"));
  }
};

struct Refused {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(const std::string& value) const { return in_quotes(value); }
  std::string operator()(const std::vector<std::string>& value) const { return list_text(value); }
  std::string operator()(const Foreign& value) const { return fmt::format("({})", value.type); }
};

bool could_be_secret(const Slot& slot, const std::string& text) {
  if (std::holds_alternative<SecretFile*>(slot)) {
    return !text.starts_with('/') && !text.starts_with("credential:");
  }
  return std::holds_alternative<Url*>(slot) && text.contains('@');
}

}  // namespace

std::string value_text(const Field& field, const Configuration& from) {
  // The slots are for writing too; this one only reads.
  return std::visit(Shown{}, field.slot(const_cast<Configuration&>(from)));
}

std::string refused_text(const Field& field, const Value& value) {
  constexpr std::size_t shown_max = 200;
  Configuration scratch;
  const auto* const text = std::get_if<std::string>(&value);
  if (text != nullptr && could_be_secret(field.slot(scratch), *text)) return "";
  std::string shown = std::visit(Refused{}, value);
  // A query may hold a token.
  if (text != nullptr && std::holds_alternative<Url*>(field.slot(scratch))) {
    if (const auto end = text->find_first_of("?#"); end != std::string::npos) {
      shown = in_quotes(text->substr(0, end + 1) + "…");
    }
  }
  if (shown.size() > shown_max) {
    shown.resize(shown_max);
    shown += "…";
  }
  return shown;
}

std::string type_text(const Field& field) {
  Configuration scratch;
  return std::visit(TypeText{}, field.slot(scratch));
}

}  // namespace gatehouse::configuration
