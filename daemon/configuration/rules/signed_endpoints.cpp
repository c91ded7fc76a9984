#include "daemon/configuration/rules/signed_endpoints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "daemon/configuration/rules/role_arn.hpp"
#include "store/values/text/ascii.hpp"
#include "sync/transport/signed_url.hpp"

namespace gatehouse::configuration {
namespace {

std::string_view host_of(const Url& url) {
  std::string_view host = url.text;
  if (const auto scheme = host.find("://"); scheme != std::string_view::npos) {
    host.remove_prefix(scheme + 3);
  }
  return host.substr(0, host.find_first_of(":/"));
}

std::vector<std::string> labels_of(std::string_view host) {
  std::vector<std::string> labels;
  while (!host.empty()) {
    const auto dot = std::min(host.find('.'), host.size());
    labels.emplace_back(host.substr(0, dot));
    host.remove_prefix(std::min(dot + 1, host.size()));
  }
  return labels;
}

bool is_region(std::string_view text) {
  return text.contains('-') && std::ranges::all_of(text, [](char c) {
           return (is_letter_or_digit(c) && c == lower_case(c)) || c == '-';
         });
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " and " : ", ";
    text += words[i];
  }
  return text;
}

void check_region(const Configuration& c, const Endpoint& endpoint, const std::string& section,
                  Findings& found) {
  const std::string region = signing_region(c, endpoint);
  const auto host = api_host(endpoint.url);
  if (region.empty()) {
    found.error(c, section + ".auth",
                fmt::format("needs {}.region: requests are signed for a region", section));
  } else if (!is_region(region)) {
    found.error(c, section + ".region", "expected an AWS region such as us-east-1");
  } else if (host && host->region != region) {
    found.error(c, section + ".region",
                fmt::format("{}.url is in {}, which refuses what is signed for another region",
                            section, host->region));
  }
}

void check_unused(const Endpoint& endpoint, const std::string& section, Findings& found) {
  const auto unused = [&](const std::string& value, std::string_view key) {
    if (value.empty()) return;
    found.warning(fmt::format("{}.{}", section, key),
                  fmt::format("has no effect unless {}.auth is sigv4", section));
  };
  unused(endpoint.region, "region");
  unused(endpoint.assume_role_arn, "assume_role_arn");
}

}  // namespace

std::optional<ApiHost> api_host(const Url& url) {
  const auto host = host_of(url);
  const bool is_aws = host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn");
  const auto labels = labels_of(host);
  constexpr std::size_t labels_min = 5;
  if (!is_aws || labels.size() < labels_min || labels[1] != "execute-api") return std::nullopt;
  // abc123-vpce-0a1b is an API by way of a VPC endpoint, vpce-0a1b-2c3d that endpoint itself.
  const std::string api = labels[0].substr(0, labels[0].find('-'));
  return ApiHost{.api_id = api == "vpce" ? "" : api, .region = labels[2]};
}

bool is_signed(const Endpoint& endpoint) {
  return endpoint.auth == Auth::sigv4 && !endpoint.url.text.empty();
}

std::string signing_region(const Configuration& c, const Endpoint& endpoint) {
  if (!endpoint.region.empty()) return endpoint.region;
  if (const auto host = api_host(endpoint.url)) return host->region;
  return c.jwo.region;
}

bool needs_aws(const Configuration& c) {
  return c.jwo.settlement != sync::SettlementMode::none || is_signed(c.feed) || is_signed(c.cloud);
}

std::string signed_with_aws(const Configuration& c) {
  const auto shares = [](const Endpoint& endpoint) {
    return is_signed(endpoint) && endpoint.assume_role_arn.empty();
  };
  std::vector<std::string> words;
  if (c.jwo.settlement != sync::SettlementMode::none) words.emplace_back("charges");
  if (shares(c.feed)) words.emplace_back("feed queries");
  if (shares(c.cloud)) words.emplace_back("deliveries");
  return joined(words);
}

void check_signed_path(const Configuration& c, const Url& url, const std::string& key,
                       Findings& found) {
  if (sync::is_signable_path(sync::after_authority(url.text))) return;
  found.error(c, key,
              "cannot be signed: expected a path of letters, digits and -_.~/ alone, and no two "
              "slashes together");
}

void check_signing(const Configuration& c, const Endpoint& endpoint, const std::string& section,
                   Findings& found) {
  if (endpoint.auth != Auth::sigv4) return check_unused(endpoint, section, found);
  if (!endpoint.assume_role_arn.empty() && !is_role_arn(endpoint.assume_role_arn)) {
    found.error(c, section + ".assume_role_arn", std::string(role_arn_expected));
  }
  if (endpoint.url.text.empty()) return;
  check_region(c, endpoint, section, found);
  check_signed_path(c, endpoint.url, section + ".url", found);
}

}  // namespace gatehouse::configuration
