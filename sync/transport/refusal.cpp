#include "sync/transport/refusal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "store/values/text/ascii.hpp"

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

/// Not inside of another word: PaymentRequestExpired would be no error of a signature.
bool names(std::string_view text, std::string_view words) {
  for (auto at = text.find(words); at != std::string_view::npos; at = text.find(words, at + 1)) {
    const auto end = at + words.size();
    const bool begins = at == 0 || !is_letter(text[at - 1]);
    const std::string_view rest = text.substr(end);
    if (begins && (rest.empty() || !is_letter(rest[0]) || rest.starts_with("Exception"))) {
      return true;
    }
  }
  return false;
}

bool is_clock_off(const Reply& reply) {
  return reply.clock_ahead && std::chrono::abs(*reply.clock_ahead) > clock_difference_max;
}

/// A signature that was accepted was in time; one that was not may owe it to the clock.
bool may_be_the_clock(RefusalCause cause) {
  return cause == RefusalCause::signature || cause == RefusalCause::onboarding ||
         cause == RefusalCause::token_expired || cause == RefusalCause::token_invalid;
}

std::string clock_text(const Reply& reply, const Refuser& refuser) {
  std::string off = "the signature's time is off";
  if (is_clock_off(reply)) {
    off += fmt::format(": this machine's clock is {} s {} {}'s",
                       std::chrono::abs(*reply.clock_ahead).count(),
                       reply.clock_ahead->count() > 0 ? "ahead of" : "behind", refuser.name);
  }
  return off + ": check this machine's clock (timedatectl), AWS allows 5 minutes";
}

std::string permission_text(std::string_view body, const Refuser& refuser) {
  const auto caller = caller_in(body);
  const std::string_view denied =
      body.contains("explicit deny") ? ", or another policy denies it explicitly" : "";
  const std::string who = caller.empty() ? "the role" : caller;
  if (!refuser.is_amazons) {
    return fmt::format(
        "{} lacks execute-api:Invoke on this API{}: attach what `gatehouse iam-policy` prints, and "
        "check the API's resource policy",
        who, denied);
  }
  return fmt::format(
      "{} lacks execute-api:Invoke on Amazon's resource{}: attach what `gatehouse iam-policy` "
      "prints, with the ARN from Amazon",
      who, denied);
}

std::string unnamed_text(const Refuser& refuser) {
  if (!refuser.is_amazons) {
    return "the role lacks execute-api:Invoke on this API (`gatehouse iam-policy`), the API's "
           "resource policy does not allow it, or a firewall or API key before it refuses";
  }
  return "the role lacks execute-api:Invoke, or the AWS account is not allow-listed for this "
         "service in the Merchant Portal";
}

std::string text_of(RefusalCause cause, const Reply& reply, std::string_view body,
                    const Refuser& refuser) {
  switch (cause) {
    case RefusalCause::clock:
      return clock_text(reply, refuser);
    case RefusalCause::token_expired:
      return "the AWS credentials have expired: they are fetched again; if their source cannot "
             "renew them, renew them by hand";
    case RefusalCause::token_invalid:
      return "the AWS credentials are not valid: check key, secret and token at their source";
    case RefusalCause::signature:
      return fmt::format(
          "the AWS credentials are not valid: the secret does not match the access key, {} is not "
          "the service's, or something on the network changes requests",
          refuser.region_key);
    case RefusalCause::permission:
      return permission_text(body, refuser);
    case RefusalCause::address:
      return fmt::format("it knows no such path: check {}", refuser.address_key);
    case RefusalCause::onboarding:
      break;
  }
  return unnamed_text(refuser);
}

bool is_arn_character(char c) {
  return is_letter_or_digit(c) || std::string_view{":/_+=,.-*"}.contains(c);
}

}  // namespace

Refusal read_refusal(const Reply& reply, const Refuser& refuser) {
  const auto body = std::string_view(reply.body).substr(0, read_max_bytes);
  auto cause = cause_in(body, reply.error_type);
  if (is_clock_off(reply) && may_be_the_clock(cause)) cause = RefusalCause::clock;
  return {cause, fmt::format("{} answered {}: {}", refuser.name, reply.status,
                             text_of(cause, reply, body, refuser))};
}

Refusal read_refusal(const Reply& reply, std::string_view address_key) {
  return read_refusal(reply, Refuser{.address_key = address_key});
}

bool refuses_signature(const Reply& reply) {
  if (reply.sent != Sent::answered || reply.status < 400 || reply.status >= 500) return false;
  if (reply.status == 401 || reply.status == 403) return true;
  return std::ranges::any_of(table, [&](const Words& each) {
    const bool of_signing = each.cause == RefusalCause::clock || doubts_keys(each.cause);
    return of_signing && names(reply.error_type, each.words);
  });
}

bool is_refused_for_its_time(const Reply& reply) {
  if (reply.sent != Sent::answered) return false;
  if (reply.clock_ahead && !is_clock_off(reply)) return false;  // whatever it says
  if (reply.status == 401 || reply.status == 403) {
    return read_refusal(reply).cause == RefusalCause::clock;
  }
  if (reply.status != 400) return false;
  const auto body = std::string_view(reply.body).substr(0, read_max_bytes);
  return std::ranges::any_of(table, [&](const Words& each) {
    const bool of_time = each.cause == RefusalCause::clock;
    if (!of_time && !(each.cause == RefusalCause::signature && is_clock_off(reply))) return false;
    return names(body, each.words) || names(reply.error_type, each.words);
  });
}

bool failed_for_its_time(const Reply& reply) {
  return reply.certificate_dates || is_refused_for_its_time(reply);
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
