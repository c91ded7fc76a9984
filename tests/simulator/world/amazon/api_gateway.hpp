#pragma once

#include <optional>

#include "daemon/http/exchange.hpp"
#include "store/values/time.hpp"
#include "tests/simulator/signature.hpp"
#include "tests/simulator/world/effects.hpp"

namespace gatehouse::simulator {

/// What stands before every service of Amazon's: it checks the signature first, and answers for
/// itself where nothing is behind it. One thread.
class ApiGateway {
 public:
  ApiGateway(SigningScope scope, const Clock& clock, Effects& effects)
      : scope_(std::move(scope)), clock_(clock), effects_(effects) {}

  /// 403 {"message"} for a POST that is not signed as it must be, and for any other method.
  [[nodiscard]] std::optional<http::Answer> refusal(const http::Request& request) const;

 private:
  SigningScope scope_;
  const Clock& clock_;
  Effects& effects_;
};

}  // namespace gatehouse::simulator
