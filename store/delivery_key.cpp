#include "store/delivery_key.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>

namespace gatehouse::store {
namespace {

constexpr std::size_t plain_max = 128;

/// Never changed: the cloud knows a delivery by it.
std::string_view suffix_of(DeliveryKind kind) {
  switch (kind) {
    case DeliveryKind::cart:
      return "cart";
    case DeliveryKind::payment_record:
      return "payment";
    case DeliveryKind::refund:
      return "refund";
    case DeliveryKind::payment_status:
      return "payment-status";
    case DeliveryKind::refund_record:
      return "refund-record";
  }
  return "unknown";
}

bool fits_in_header(std::string_view id) {
  // Without blanks, and without what would need an escape in a quoted header value.
  const auto plain = [](char letter) {
    return letter > ' ' && letter < '\x7f' && letter != '"' && letter != '\\';
  };
  return id.size() <= plain_max && std::ranges::all_of(id, plain);
}

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

}  // namespace

std::string delivery_key(std::string_view id, DeliveryKind kind, std::int64_t revision) {
  const std::string plain =
      fits_in_header(id) ? std::string(id) : "sha256-" + hexadecimal(sha256(id));
  const std::string key = fmt::format("{}:{}", plain, suffix_of(kind));
  return revision == 1 ? key : fmt::format("{}:{}", key, revision);
}

std::string sha256(std::string_view bytes) {
  std::string digest(32, '\0');
  auto* out = reinterpret_cast<unsigned char*>(digest.data());
  const int made = EVP_Digest(bytes.data(), bytes.size(), out, nullptr, EVP_sha256(), nullptr);
  if (made != 1) std::abort();  // only without memory or without a provider
  return digest;
}

}  // namespace gatehouse::store
