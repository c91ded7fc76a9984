#pragma once

#include <functional>
#include <string>

#include "sync/transport/transport.hpp"

namespace gatehouse::sync {

/// A transport that notices when whoever verifies it calls the keys of a signed request expired or
/// invalid, so that every service's answers count and none has to know. Passes everything on
/// unchanged.
class CredentialWatch final : public Transport {
 public:
  /// Called with the access key id that was refused, before the request's own `done`.
  using Refused = std::move_only_function<void(std::string_view access_key_id)>;
  /// `transport` outlives it.
  CredentialWatch(Transport& transport, Refused refused);

  std::uint64_t start(Request request, Done done) override;
  void cancel(std::uint64_t id) override;

 private:
  Transport& transport_;
  Refused refused_;
};

}  // namespace gatehouse::sync
