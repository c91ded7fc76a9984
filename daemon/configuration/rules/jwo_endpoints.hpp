#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::configuration {

enum class JwoService { payments, checkout };

/// Where a region's service is invoked (FAQ, "What is the invoke URL for the … service"), with
/// `.test` before the service's name for the test environment (services.md 1). nullopt: Amazon
/// names no such service there.
[[nodiscard]] std::optional<std::string> invoke_url(JwoService service, std::string_view region,
                                                    bool test_environment);
/// "us-east-1, us-west-2, …": where the service is.
[[nodiscard]] std::string regions_of(JwoService service);

}  // namespace gatehouse::configuration
