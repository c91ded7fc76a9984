#include "tests/simulator/signature.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "store/values/sha256.hpp"
#include "store/values/text/hexadecimal.hpp"
#include "tests/simulator/digest.hpp"
#include "tests/simulator/text.hpp"

namespace gatehouse::simulator {
namespace {

using std::chrono::minutes;
constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr minutes clock_skew_max{5};

/// The parts of `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.
struct Authorization {
  std::string credential;
  std::vector<std::string> signed_headers;
  std::string signature;
};

std::string header_value(const SignedRequest& request, std::string_view name) {
  for (const auto& [sent_name, value] : request.headers) {
    if (lower_case(sent_name) == name) return value;
  }
  return {};
}

Authorization parse_authorization(std::string_view header) {
  Authorization parsed;
  for (auto part : split(header.substr(algorithm.size()), ',')) {
    part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
    const auto equals = std::min(part.find('='), part.size());
    const auto name = part.substr(0, equals);
    const auto value = equals < part.size() ? part.substr(equals + 1) : std::string_view{};
    if (name == "Credential") parsed.credential = value;
    if (name == "Signature") parsed.signature = value;
    if (name == "SignedHeaders") {
      for (const auto header_name : split(value, ';'))
        parsed.signed_headers.emplace_back(header_name);
    }
  }
  return parsed;
}

/// "20150830T123600Z"
std::optional<WallTime> parse_amz_date(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  const auto number = [&](std::size_t from, std::size_t count) {
    int value = -1;
    const auto* end = text.data() + from + count;
    return std::from_chars(text.data() + from, end, value).ptr == end ? value : -1;
  };
  const std::chrono::year_month_day day{std::chrono::year{number(0, 4)},
                                        std::chrono::month{static_cast<unsigned>(number(4, 2))},
                                        std::chrono::day{static_cast<unsigned>(number(6, 2))}};
  const int hour = number(9, 2);
  const int minute = number(11, 2);
  const int second = number(13, 2);
  if (!day.ok() || hour < 0 || minute < 0 || second < 0) return std::nullopt;
  return std::chrono::sys_days{day} + std::chrono::hours{hour} + minutes{minute} +
         std::chrono::seconds{second};
}

std::string amz_date(WallTime time) {
  return fmt::format("{:%Y%m%dT%H%M%SZ}", std::chrono::floor<std::chrono::seconds>(time));
}

SignatureRefusal incomplete(std::string message) {
  return {"IncompleteSignatureException", std::move(message)};
}

SignatureRefusal invalid(std::string message) {
  return {"InvalidSignatureException", std::move(message)};
}

std::optional<SignatureRefusal> check_parts(const SignedRequest& request,
                                            const Authorization& authorization) {
  std::string missing;
  if (authorization.credential.empty())
    missing += "Authorization header requires 'Credential' parameter. ";
  if (authorization.signature.empty())
    missing += "Authorization header requires 'Signature' parameter. ";
  if (authorization.signed_headers.empty()) {
    missing += "Authorization header requires 'SignedHeaders' parameter. ";
  }
  if (header_value(request, "x-amz-date").empty()) {
    missing +=
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  }
  if (!missing.empty()) return incomplete(std::move(missing));

  const auto is_signed = [&](std::string_view name) {
    return std::ranges::find(authorization.signed_headers, name) !=
           authorization.signed_headers.end();
  };
  if (!is_signed("host")) {
    return invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  for (const auto& [name, value] : request.headers) {
    const auto lower = lower_case(name);
    if (lower.starts_with("x-amz-") && !is_signed(lower)) {
      return invalid(fmt::format("'{}' must be a 'SignedHeader' in the AWS Authorization.", lower));
    }
  }
  return std::nullopt;
}

std::optional<SignatureRefusal> check_scope(const SignedRequest& request,
                                            const Authorization& authorization,
                                            const SigningScope& scope, std::string_view date) {
  const auto parts = split(authorization.credential, '/');
  if (parts.size() != 5 || parts[4] != "aws4_request") {
    return incomplete(
        "Credential must have exactly 5 slash-delimited elements, e.g. "
        "keyid/date/region/service/term.");
  }
  if (parts[0] != scope.access_key_id ||
      header_value(request, "x-amz-security-token") != scope.session_token) {
    return SignatureRefusal{"UnrecognizedClientException",
                            "The security token included in the request is invalid."};
  }
  if (parts[2] != scope.region) {
    return invalid(
        fmt::format("Credential should be scoped to a valid region, not '{}'. ", parts[2]));
  }
  if (parts[3] != scope.service) {
    return invalid(
        fmt::format("Credential should be scoped to correct service: '{}'. ", scope.service));
  }
  if (parts[1] != date.substr(0, 8)) {
    return invalid(
        fmt::format("Date in Credential scope does not match YYYYMMDD from ISO-8601 "
                    "version of date from HTTP: '{}' != '{}', from '{}'.",
                    parts[1], date.substr(0, 8), date));
  }
  return std::nullopt;
}

std::optional<SignatureRefusal> check_age(std::string_view date, WallTime now) {
  const auto signed_at = parse_amz_date(date);
  if (!signed_at) {
    return incomplete(fmt::format("Date must be in ISO-8601 'basic format'. Got '{}'.", date));
  }
  if (*signed_at < now - clock_skew_max) {
    return invalid(fmt::format("Signature expired: {} is now earlier than {} ({} - 5 min.)", date,
                               amz_date(now - clock_skew_max), amz_date(now)));
  }
  if (*signed_at > now + clock_skew_max) {
    return invalid(fmt::format("Signature not yet current: {} is still later than {} ({} + 5 min.)",
                               date, amz_date(now + clock_skew_max), amz_date(now)));
  }
  return std::nullopt;
}

}  // namespace

std::string signature_of(const SignedRequest& request,
                         const std::vector<std::string>& signed_headers, std::string_view amz_date,
                         const SigningScope& scope) {
  const auto date = amz_date.substr(0, 8);
  const auto credential_scope =
      fmt::format("{}/{}/{}/aws4_request", date, scope.region, scope.service);
  const auto string_to_sign = fmt::format("{}\n{}\n{}\n{}", algorithm, amz_date, credential_scope,
                                          sha256_hex(canonical_request(request, signed_headers)));
  auto key = hmac_sha256("AWS4" + scope.secret_access_key, date);
  key = hmac_sha256(key, scope.region);
  key = hmac_sha256(key, scope.service);
  key = hmac_sha256(key, "aws4_request");
  return hexadecimal(hmac_sha256(key, string_to_sign));
}

std::optional<SignatureRefusal> check_signature(const SignedRequest& request,
                                                const SigningScope& scope, WallTime now) {
  const auto header = header_value(request, "authorization");
  if (!header.starts_with(algorithm)) {
    return SignatureRefusal{"MissingAuthenticationTokenException", "Missing Authentication Token"};
  }
  const auto authorization = parse_authorization(header);
  const auto date = header_value(request, "x-amz-date");
  if (auto refusal = check_parts(request, authorization)) return refusal;
  if (auto refusal = check_scope(request, authorization, scope, date)) return refusal;
  if (auto refusal = check_age(date, now)) return refusal;
  if (signature_of(request, authorization.signed_headers, date, scope) != authorization.signature) {
    return invalid(
        "The request signature we calculated does not match the signature you provided. Check your "
        "AWS Secret Access Key and signing method. Consult the service documentation for details.");
  }
  return std::nullopt;
}

}  // namespace gatehouse::simulator
