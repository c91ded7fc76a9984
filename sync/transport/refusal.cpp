#include "sync/transport/refusal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace gatehouse::sync {
namespace {

using std::chrono::seconds;

constexpr std::size_t read_max_bytes = 8 * 1024;
constexpr std::size_t arn_max_bytes = 256;

struct Words {
  std::string_view words;
  RefusalCause cause;
};

// In this order: a message on a signature's time also speaks of the signature.
constexpr auto table = std::to_array<Words>({
    {"RequestTimeTooSkewed", RefusalCause::clock},
    {"RequestExpired", RefusalCause::clock},
    {"RequestInTheFuture", RefusalCause::clock},
    {"Signature expired", RefusalCause::clock},
    {"Signature not yet current", RefusalCause::clock},
    {"ExpiredToken", RefusalCause::token_expired},
    {"token included in the request is expired", RefusalCause::token_expired},
    {"security token expired", RefusalCause::token_expired},
    {"Missing Authentication Token", RefusalCause::address},
    {"MissingAuthenticationToken", RefusalCause::address},
    {"not authorized to perform", RefusalCause::permission},
    {"explicit deny", RefusalCause::permission},
    {"AccessDenied", RefusalCause::permission},
    {"token included in the request is invalid", RefusalCause::token_invalid},
    {"UnrecognizedClient", RefusalCause::token_invalid},
    {"InvalidClientTokenId", RefusalCause::token_invalid},
    {"InvalidAccessKeyId", RefusalCause::token_invalid},
    {"InvalidSignatureException", RefusalCause::signature},
    {"SignatureDoesNotMatch", RefusalCause::signature},
    {"IncompleteSignature", RefusalCause::signature},
    {"signature we calculated", RefusalCause::signature},
    {"AuthFailure", RefusalCause::signature},
});

RefusalCause cause_in(std::string_view body, std::string_view error_type) {
  for (const auto& [words, cause] : table) {
    if (body.contains(words) || error_type.contains(words)) return cause;
  }
  return RefusalCause::onboarding;
}

bool is_clock_off(const Reply& reply) {
  return reply.clock_ahead && std::chrono::abs(*reply.clock_ahead) > clock_difference_max;
}

/// A signature that was accepted was in time; one that was not may owe it to the clock.
bool may_be_the_clock(RefusalCause cause) {
  return cause == RefusalCause::signature || cause == RefusalCause::onboarding ||
         cause == RefusalCause::token_expired || cause == RefusalCause::token_invalid;
}

std::string clock_text(const Reply& reply) {
  std::string off = "the signature's time is off";
  if (is_clock_off(reply)) {
    off += fmt::format(": this machine's clock is {} s {} Amazon's",
                       std::chrono::abs(*reply.clock_ahead).count(),
                       reply.clock_ahead->count() > 0 ? "ahead of" : "behind");
  }
  return off + ": check this machine's clock (timedatectl), AWS allows 5 minutes";
}

std::string permission_text(std::string_view body) {
  const auto caller = caller_in(body);
  return fmt::format(
      "{} lacks execute-api:Invoke on Amazon's resource{}: attach what `gatehouse iam-policy` "
      "prints, with the ARN from Amazon",
      caller.empty() ? "the role" : caller,
      body.contains("explicit deny") ? ", or another policy denies it explicitly" : "");
}

std::string text_of(RefusalCause cause, const Reply& reply, std::string_view body,
                    std::string_view address_key) {
  switch (cause) {
    case RefusalCause::clock:
      return clock_text(reply);
    case RefusalCause::token_expired:
      return "the AWS credentials have expired: they are fetched again; if their source cannot "
             "renew them, renew them by hand";
    case RefusalCause::token_invalid:
      return "the AWS credentials are not valid: check key, secret and token at their source";
    case RefusalCause::signature:
      return "the AWS credentials are not valid: the secret does not match the access key, "
             "jwo.region is not the service's, or something on the network changes requests";
    case RefusalCause::permission:
      return permission_text(body);
    case RefusalCause::address:
      return fmt::format("it knows no such path: check {}", address_key);
    case RefusalCause::onboarding:
      break;
  }
  return "the role lacks execute-api:Invoke, or the AWS account is not allow-listed for this "
         "service in the Merchant Portal";
}

bool is_arn_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view{":/_+=,.-*"}.contains(c);
}

}  // namespace

Refusal read_refusal(const Reply& reply, std::string_view address_key) {
  const auto body = std::string_view(reply.body).substr(0, read_max_bytes);
  auto cause = cause_in(body, reply.error_type);
  if (is_clock_off(reply) && may_be_the_clock(cause)) cause = RefusalCause::clock;
  return {cause, fmt::format("Amazon answered {}: {}", reply.status,
                             text_of(cause, reply, body, address_key))};
}

bool doubts_keys(RefusalCause cause) {
  return cause == RefusalCause::token_expired || cause == RefusalCause::token_invalid ||
         cause == RefusalCause::signature;
}

std::string caller_in(std::string_view message) {
  constexpr std::string_view before = "User: ";
  const auto begin = message.find(before);
  if (begin == std::string_view::npos) return "";
  auto arn = message.substr(begin + before.size());
  arn = arn.substr(0, arn.find(" is not authorized"));
  if (arn.contains(":assumed-role/")) arn = arn.substr(0, arn.rfind('/'));
  const bool plain = arn.starts_with("arn:") && arn.size() <= arn_max_bytes &&
                     std::ranges::all_of(arn, is_arn_character);
  return plain ? std::string(arn) : "";
}

}  // namespace gatehouse::sync
