#include "daemon/configuration/rules/jwo_endpoints.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <span>

namespace gatehouse::configuration {
namespace {

constexpr std::string_view payments_regions[] = {"us-east-1", "us-west-2", "eu-west-1",
                                                 "ap-southeast-1"};
constexpr std::string_view checkout_regions[] = {"us-east-1", "us-west-2"};

std::span<const std::string_view> regions(JwoService service) {
  if (service == JwoService::payments) return payments_regions;
  return checkout_regions;
}

}  // namespace

std::optional<std::string> invoke_url(JwoService service, std::string_view region,
                                      bool test_environment) {
  const auto known = regions(service);
  if (std::ranges::find(known, region) == known.end()) return std::nullopt;
  return fmt::format("https://{}{}.{}.amazonphysicalstores.com", region,
                     test_environment ? ".test" : "",
                     service == JwoService::payments ? "payments" : "checkout");
}

std::string regions_of(JwoService service) {
  return fmt::format("{}", fmt::join(regions(service), ", "));
}

}  // namespace gatehouse::configuration
