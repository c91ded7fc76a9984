#include "sync/transport/curl_transport_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "store/values/text/ascii.hpp"
#include "sync/transport/signed_url.hpp"

namespace gatehouse::sync {
namespace {

// RFC 9110 section 5.5: visible characters, blanks, and bytes above ASCII.
bool is_value_character(char c) {
  return c == '\t' || !is_control(c);
}

std::string header_refusal(const Request& request) {
  for (const auto& [name, value] : request.headers) {
    // RFC 9110 section 5.6.2, the part of `token` that header names in use are made of.
    if (name.empty() || !std::ranges::all_of(name, is_of_name)) {
      return "a header's name is not made of letters, digits, '-' and '_'";
    }
    if (value.empty() || value.front() == ' ' || !std::ranges::all_of(value, is_value_character)) {
      return fmt::format("header {} is empty, begins with a blank or holds a control character",
                         name);
    }
  }
  return {};
}

std::string signed_url_refusal(const Request& request) {
  const auto target = after_authority(request.url);
  const auto mark = std::min(target.find('?'), target.size());
  const auto query = target.substr(std::min(mark + 1, target.size()));
  const bool may_ask = request.method == "GET" && mark != 0 && !query.empty();
  if (!is_signable_path(target.substr(0, mark)) || (mark < target.size() && !may_ask)) {
    return "a signed URL's path is made of letters, digits and -_.~/ and only a GET has a query";
  }
  if (!is_canonical_query(query)) return "a signed URL's query is sorted and percent-encoded";
  return {};
}

std::string signed_names_refusal(const Request& request) {
  std::vector<std::string> names{"host", "x-amz-date", "x-amz-security-token", "authorization"};
  for (const auto& [name, value] : request.headers) names.push_back(lower_case(name));
  std::ranges::sort(names);
  for (std::size_t i = 1; i < names.size(); ++i) {
    if (names[i].starts_with(names[i - 1])) {
      return fmt::format("header {} cannot be signed beside {}", names[i], names[i - 1]);
    }
  }
  return {};
}

std::string signing_refusal(const Request& request) {
  const AwsSigning& signing = *request.signing;
  if (signing.access_key_id.empty() || signing.secret_access_key.empty()) {
    return "there are no AWS credentials to sign with";
  }
  if (signing.region.empty() || signing.service.empty()) {
    return "signing needs a region and a service";
  }
  if (!std::ranges::all_of(signing.session_token, is_value_character)) {
    return "the AWS session token holds a control character";
  }
  if (auto reason = signed_url_refusal(request); !reason.empty()) return reason;
  return signed_names_refusal(request);
}

void blot_out(std::string& text, std::string_view secret) {
  constexpr std::string_view blot = "***";
  if (secret.empty() || secret == blot) return;
  for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
    text.replace(at, secret.size(), blot);
    at += blot.size();
  }
}

}  // namespace

std::string refusal(const Request& request) {
  if (request.method != "GET" && request.method != "POST") {
    return fmt::format("method {} is neither GET nor POST", request.method);
  }
  if (request.method == "GET" && !request.body.empty()) return "a GET has no body";
  if (auto reason = header_refusal(request); !reason.empty()) return reason;
  return request.signing ? signing_refusal(request) : std::string{};
}

std::string letters(std::string_view text) {
  return {text.begin(), std::ranges::find_if_not(text, is_letter)};
}

std::string without_secrets(std::string text, std::string_view url) {
  if (const auto query = url.find('?'); query != std::string_view::npos) {
    blot_out(text, url.substr(query + 1));
    url = url.substr(0, query);
  }
  if (const auto at = url.rfind('@'); at != std::string_view::npos) {
    const auto scheme_end = url.find("://");
    const auto begin = scheme_end == std::string_view::npos ? 0 : scheme_end + 3;
    if (begin > at) return text;
    const auto credentials = url.substr(begin, at - begin);
    blot_out(text, credentials);
    const auto colon = credentials.find(':');
    if (colon != std::string_view::npos) blot_out(text, credentials.substr(colon + 1));
  }
  return text;
}

}  // namespace gatehouse::sync
