#pragma once

#include <string>
#include <string_view>

#include "daemon/configuration/model/configuration.hpp"

namespace gatehouse::configuration {

/// True where the gate demands proof of its callers: mTLS or a bearer token.
[[nodiscard]] bool demands_proof(const Gate& gate);

/// What follows from where a listener can be reached from, and from what it demands of its callers.
struct Exposure {
  enum class Verdict {
    fine,
    notable,  ///< works, and is probably not meant
    refused,  ///< must not be served
  };
  Verdict verdict = Verdict::fine;
  std::string_view key{};  ///< what the message is about, a literal
  std::string message{};   ///< what is the matter, and what to do
};

/// Of the gate, listening at `address`: as configured, or as a passed socket really does. Pure.
[[nodiscard]] Exposure gate_exposure(const Gate& gate, const std::string& address);
/// Of status and metrics. Pure.
[[nodiscard]] Exposure local_exposure(const std::string& address);

}  // namespace gatehouse::configuration
