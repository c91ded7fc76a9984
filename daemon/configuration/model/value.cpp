#include "daemon/configuration/model/value.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <optional>

#include "daemon/configuration/model/address.hpp"
#include "daemon/configuration/model/choices.hpp"
#include "daemon/configuration/model/units.hpp"
#include "store/values/result.hpp"
#include "store/values/text/ascii.hpp"
#include "store/values/whole_number.hpp"

namespace gatehouse::configuration {
namespace {

using Assigned = std::expected<void, std::string>;

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (const auto item = trimmed(text.substr(0, comma), " \t"); !item.empty())
      items.emplace_back(item);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return items;
}

std::string range_text(const Range& range, std::string (*format)(std::int64_t)) {
  return fmt::format("from {} to {}", format(range.min), format(range.max));
}

// Each overload reads one type of slot.
struct Assign {
  const Range& range;
  const Value& value;

  [[nodiscard]] const std::string* text() const { return std::get_if<std::string>(&value); }

  Assigned operator()(bool* into) const {
    const bool* const flag = std::get_if<bool>(&value);
    if (flag == nullptr) return std::unexpected("true or false, without quotes");
    *into = *flag;
    return {};
  }

  Assigned operator()(std::size_t* into) const {
    const auto* const number = std::get_if<std::int64_t>(&value);
    if (number == nullptr || *number < range.min || *number > range.max) {
      return std::unexpected("a whole number " +
                             range_text(range, [](std::int64_t n) { return std::to_string(n); }));
    }
    *into = static_cast<std::size_t>(*number);
    return {};
  }

  Assigned operator()(std::string* into) const {
    if (text() == nullptr || has_control(*text())) {
      return std::unexpected("text in quotes, without control characters");
    }
    *into = *text();
    return {};
  }

  Assigned operator()(std::vector<std::string>* into) const {
    const auto* const list = std::get_if<std::vector<std::string>>(&value);
    if (list == nullptr || std::ranges::any_of(*list, has_control)) {
      return std::unexpected(R"(a list of text such as ["A", "B"])");
    }
    *into = *list;
    return {};
  }

  Assigned operator()(std::filesystem::path* into) const {
    if (text() == nullptr || !text()->starts_with('/') || has_control(*text())) {
      return std::unexpected("an absolute path");
    }
    *into = *text();
    return {};
  }

  Assigned operator()(milliseconds* into) const {
    const auto duration = parse_duration(text() == nullptr ? "" : *text());
    if (!duration) return propagate(duration);
    if (duration->count() < range.min || duration->count() > range.max) {
      return std::unexpected("a duration " + range_text(range, [](std::int64_t n) {
                               return format_duration(milliseconds(n));
                             }));
    }
    *into = *duration;
    return {};
  }

  Assigned operator()(ByteCount* into) const {
    const auto size = parse_size(text() == nullptr ? "" : *text());
    if (!size) return propagate(size);
    if (std::cmp_less(size->value, range.min) || std::cmp_greater(size->value, range.max)) {
      return std::unexpected("a size " + range_text(range, [](std::int64_t n) {
                               return format_size({static_cast<std::size_t>(n)});
                             }));
    }
    *into = *size;
    return {};
  }

  Assigned operator()(Url* into) const { return parsed(into, parse_url); }
  Assigned operator()(ListenAddress* into) const { return parsed(into, parse_listen_address); }

  Assigned operator()(SecretFile* into) const { return source(into->source); }
  Assigned operator()(NamedFile* into) const { return source(into->source); }

  template <class Choice>
  Assigned operator()(Choice* into) const {
    const auto& words = choices<Choice>;
    const auto found = text() == nullptr ? words.end() : std::ranges::find(words, *text());
    if (found == words.end()) {
      return std::unexpected(fmt::format("one of \"{}\"", fmt::join(words, "\", \"")));
    }
    *into = static_cast<Choice>(found - words.begin());
    return {};
  }

 private:
  template <class T>
  Assigned parsed(T* into, std::expected<T, std::string> (*parse)(std::string_view)) const {
    // What is not text at all fails like a text that cannot be right.
    auto result = parse(text() == nullptr ? "?" : *text());
    if (!result) return propagate(std::move(result));
    *into = std::move(*result);
    return {};
  }

  Assigned source(std::string& into) const {
    constexpr std::string_view credential_prefix = "credential:";
    if (text() != nullptr && !has_control(*text())) {
      const bool is_credential = text()->starts_with(credential_prefix) &&
                                 text()->size() > credential_prefix.size() &&
                                 !text()->contains('/');
      if (text()->empty() || text()->starts_with('/') || is_credential) {
        into = *text();
        return {};
      }
    }
    return std::unexpected(
        R"(the absolute path of a file, or "credential:NAME" for a systemd credential)");
  }
};

}  // namespace

Value value_from_text(const Field& field, std::string_view text) {
  Configuration scratch;
  const Slot slot = field.slot(scratch);
  if (std::holds_alternative<bool*>(slot) && (text == "true" || text == "false")) {
    return text == "true";
  }
  if (std::holds_alternative<std::size_t*>(slot)) {
    if (const auto number = whole_number(text)) return *number;
  }
  if (std::holds_alternative<std::vector<std::string>*>(slot)) return split(text);
  return std::string(text);
}

std::expected<void, std::string> assign(const Field& field, Configuration& into,
                                        const Value& value) {
  return std::visit(Assign{field.range, value}, field.slot(into));
}

}  // namespace gatehouse::configuration
