#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "daemon/gate/connector/gate_options.hpp"
#include "daemon/gate/connector/log_limit.hpp"
#include "daemon/gate/request/field_error.hpp"

namespace gatehouse::gate {

/// Whether a request is for this store. A storeId that is not ours is the usual reason of a 400 in
/// Amazon's connectivity test (FAQ), so the log tells what came and what was expected; the answer
/// does not tell a stranger the id.
class StoreIdCheck {
 public:
  explicit StoreIdCheck(std::shared_ptr<const GateOptions> options)
      : options_(std::move(options)) {}

  /// nullopt: ours. Else it has been logged. `route` is named in the log.
  [[nodiscard]] std::optional<FieldError> check(std::string_view store_id, std::string_view route,
                                                SteadyTime now);

 private:
  [[nodiscard]] bool is_ours(std::string_view store_id) const;

  std::shared_ptr<const GateOptions> options_;
  LogLimit log_limit_;
};

}  // namespace gatehouse::gate
