#pragma once

#include <simdjson.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/gate/request/field_error.hpp"

namespace gatehouse::gate {

/// What a string field must look like.
struct TextRule {
  std::string_view expected;                 ///< a literal, for the answer: "a UUID"
  std::size_t characters_max = 0;            ///< Unicode code points; 0: no limit
  bool (*fits)(std::string_view) = nullptr;  ///< form or known values; none: any text
};

/// Almost every text of the contract (connectors.md 2.1).
inline constexpr TextRule text_to_255{"a string of at most 255 characters", 255};

enum class Presence { required, optional };

/// What a reading found wrong first. Later reads go on with nothing, so that a reader is a plain
/// list of fields and asks once, at its end.
using FirstError = std::optional<FieldError>;

/// The fields of one JSON object of a request. An optional field that is null counts as missing,
/// and so does a required one. Fields that nobody asks for are not looked at. Holds references to
/// `error` and to the object it is part of; views live as long as the parsed document.
class Fields {
 public:
  Fields(simdjson::dom::object object, FirstError& error) : object_(object), error_(&error) {}

  /// '' when there is none, which is then the error.
  [[nodiscard]] std::string_view required_text(std::string_view name, const TextRule& rule) const;
  [[nodiscard]] std::optional<std::string_view> optional_text(std::string_view name,
                                                              const TextRule& rule) const;
  [[nodiscard]] std::optional<bool> optional_flag(std::string_view name) const;
  [[nodiscard]] std::optional<Fields> object(std::string_view name, Presence presence) const;

  /// Calls `read` with each element of an array of objects, until the first error. Gives the number
  /// of elements.
  template <class Read>
  std::size_t each(std::string_view name, Presence presence, Read read) const {
    const auto elements = array(name, presence);
    if (!elements) return 0;
    std::size_t index = 0;
    for (const auto element : *elements) {
      const auto fields = element_fields(name, index, element);
      if (!fields) break;
      read(*fields);
      ++index;
    }
    return index;
  }

  /// Calls `read` with each element of an array of strings, until the first error.
  template <class Read>
  void each_text(std::string_view name, Presence presence, const TextRule& rule, Read read) const {
    const auto elements = array(name, presence);
    if (!elements) return;
    std::size_t index = 0;
    for (const auto element : *elements) {
      const auto text = checked_text(element, rule, [&] { return path_of(name, index); });
      if (!text) return;
      read(*text);
      ++index;
    }
  }

  /// Reports what a rule for one field alone cannot say.
  void reject(std::string_view name, std::string_view came, std::string_view expected) const;
  /// The same of a value that is not one of those in the configuration.
  void reject_value(std::string_view name, std::string_view value, std::string_view expected) const;

 private:
  [[nodiscard]] std::optional<simdjson::dom::element> find(std::string_view name, Presence presence,
                                                           std::string_view expected) const;
  [[nodiscard]] std::optional<simdjson::dom::array> array(std::string_view name,
                                                          Presence presence) const;
  [[nodiscard]] std::optional<Fields> element_fields(std::string_view name, std::size_t index,
                                                     simdjson::dom::element element) const;
  /// nullopt: it breaks the rule, and the error says so. `path` is asked for in that case only.
  template <class Path>
  std::optional<std::string_view> checked_text(simdjson::dom::element element, const TextRule& rule,
                                               Path path) const {
    std::string_view text;
    const bool is_text = element.get(text) == simdjson::SUCCESS;
    const std::string_view came = is_text ? problem_of(text, rule) : "is not a string";
    if (came.empty()) return text;
    if (!*error_) *error_ = FieldError{path(), came, rule.expected};
    return std::nullopt;
  }
  /// How the text breaks the rule, as FieldError::came; '' if it does not.
  [[nodiscard]] static std::string_view problem_of(std::string_view text, const TextRule& rule);
  [[nodiscard]] std::string path_of(std::string_view name) const;
  [[nodiscard]] std::string path_of(std::string_view name, std::size_t index) const;

  simdjson::dom::object object_;
  FirstError* error_;
  const Fields* parent_ = nullptr;
  std::string_view name_;                  ///< in the parent
  std::optional<std::size_t> index_ = {};  ///< in the parent's array
};

}  // namespace gatehouse::gate
