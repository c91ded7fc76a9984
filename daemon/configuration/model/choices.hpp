#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "daemon/configuration/model/configuration.hpp"

// The words of the enumerations as they stand in the file. Switches without a default: a value
// without a word does not compile (-Wswitch is an error), and neither does a field whose type has
// no words at all.
namespace gatehouse::configuration {

[[nodiscard]] constexpr std::string_view word(UnknownShopper choice) {
  switch (choice) {
    case UnknownShopper::reject:
      return "reject";
    case UnknownShopper::ask_cloud:
      return "ask_cloud";
  }
  return "";
}

[[nodiscard]] constexpr std::string_view word(WhenStale choice) {
  switch (choice) {
    case WhenStale::answer:
      return "answer";
    case WhenStale::reject:
      return "reject";
  }
  return "";
}

[[nodiscard]] constexpr std::string_view word(gate::AcceptedId choice) {
  switch (choice) {
    case gate::AcceptedId::code:
      return "code";
    case gate::AcceptedId::shopper:
      return "shopper";
  }
  return "";
}

[[nodiscard]] constexpr std::string_view word(gate::AuthorizationFallback choice) {
  switch (choice) {
    case gate::AuthorizationFallback::recommendation:
      return "recommendation";
    case gate::AuthorizationFallback::accept:
      return "accept";
    case gate::AuthorizationFallback::deny:
      return "deny";
  }
  return "";
}

[[nodiscard]] constexpr std::string_view word(Auth choice) {
  switch (choice) {
    case Auth::none:
      return "none";
    case Auth::basic:
      return "basic";
    case Auth::bearer:
      return "bearer";
    case Auth::sigv4:
      return "sigv4";
    case Auth::mtls:
      return "mtls";
  }
  return "";
}

[[nodiscard]] constexpr std::string_view word(sync::SettlementMode choice) {
  switch (choice) {
    case sync::SettlementMode::none:
      return "none";
    case sync::SettlementMode::payment:
      return "payment";
    case sync::SettlementMode::checkout:
      return "checkout";
  }
  return "";
}

[[nodiscard]] constexpr std::string_view word(sync::UnknownCapture choice) {
  switch (choice) {
    case sync::UnknownCapture::ask_then_repeat:
      return "ask_then_repeat";
    case sync::UnknownCapture::hold:
      return "hold";
  }
  return "";
}

[[nodiscard]] constexpr std::string_view word(sync::PartialApproval choice) {
  switch (choice) {
    case sync::PartialApproval::hold:
      return "hold";
    case sync::PartialApproval::capture:
      return "capture";
  }
  return "";
}

[[nodiscard]] constexpr std::string_view word(sync::GrantRule choice) {
  switch (choice) {
    case sync::GrantRule::optional:
      return "optional";
    case sync::GrantRule::required:
      return "required";
  }
  return "";
}

[[nodiscard]] constexpr std::string_view word(sync::UnvouchedRule choice) {
  switch (choice) {
    case sync::UnvouchedRule::hold:
      return "hold";
    case sync::UnvouchedRule::ask:
      return "ask";
  }
  return "";
}

[[nodiscard]] constexpr std::string_view word(sync::TimeUnit choice) {
  switch (choice) {
    case sync::TimeUnit::seconds:
      return "seconds";
    case sync::TimeUnit::milliseconds:
      return "milliseconds";
  }
  return "";
}

[[nodiscard]] constexpr std::string_view word(sync::CredentialSource choice) {
  return sync::to_text(choice);
}

/// How many values from 0 on have a word.
template <class Enumeration>
inline constexpr std::size_t choice_count = [] {
  std::size_t count = 0;
  while (!word(static_cast<Enumeration>(count)).empty()) ++count;
  return count;
}();

/// The words of an enumeration; the position is the value.
template <class Enumeration>
inline constexpr auto choices = [] {
  constexpr std::size_t count = choice_count<Enumeration>;
  constexpr std::size_t values_max = 64;
  for (std::size_t value = count; value < values_max; ++value) {
    if (!word(static_cast<Enumeration>(value)).empty()) throw "the values have a gap";
  }
  std::array<std::string_view, count> words{};
  for (std::size_t value = 0; value < count; ++value) {
    words.at(value) = word(static_cast<Enumeration>(value));
  }
  return words;
}();

}  // namespace gatehouse::configuration
