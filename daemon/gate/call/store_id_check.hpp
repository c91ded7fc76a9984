#pragma once

#include <expected>
#include <optional>
#include <string_view>
#include <utility>

#include "daemon/gate/call/gate_options.hpp"
#include "daemon/gate/request/field_error.hpp"
#include "daemon/log/log_limit.hpp"

namespace gatehouse::gate {

/// Whether a request is for this store. A storeId that is not ours is the usual reason of a 400 in
/// Amazon's connectivity test (FAQ), so the log tells what came and what was expected; the answer
/// does not tell a stranger the id.
class StoreIdCheck {
 public:
  /// `options` outlive it, and may change. `route` is named in the log.
  StoreIdCheck(const GateOptions& options, std::string_view route)
      : options_(options), route_(route) {}

  /// Hands on what a parser gave, unless it is for another store: that has been logged.
  template <class Request>
  [[nodiscard]] std::expected<Request, FieldError> of_this_store(
      std::expected<Request, FieldError> request, SteadyTime now) {
    if (!request) return request;
    if (auto foreign = check(request->store_id, now)) return std::unexpected(std::move(*foreign));
    return request;
  }

 private:
  [[nodiscard]] std::optional<FieldError> check(std::string_view store_id, SteadyTime now);
  [[nodiscard]] bool is_ours(std::string_view store_id) const;

  const GateOptions& options_;
  std::string_view route_;
  log::LogLimit log_limit_;
};

}  // namespace gatehouse::gate
