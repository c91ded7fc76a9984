#include "store/delivery_key.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>

namespace gatehouse::store {
namespace {

constexpr std::size_t plain_max = 128;

bool fits_in_header(std::string_view trip_id) {
  // Without blanks, and without what would need an escape in a quoted header value.
  const auto plain = [](char letter) {
    return letter > ' ' && letter < '\x7f' && letter != '"' && letter != '\\';
  };
  return trip_id.size() <= plain_max && std::ranges::all_of(trip_id, plain);
}

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

}  // namespace

std::string delivery_key(std::string_view trip_id, DeliveryKind kind) {
  const std::string_view suffix = kind == DeliveryKind::cart ? ":cart" : ":payment";
  if (fits_in_header(trip_id)) return fmt::format("{}{}", trip_id, suffix);
  return fmt::format("sha256-{}{}", hexadecimal(sha256(trip_id)), suffix);
}

std::string sha256(std::string_view bytes) {
  std::string digest(32, '\0');
  auto* out = reinterpret_cast<unsigned char*>(digest.data());
  const int made = EVP_Digest(bytes.data(), bytes.size(), out, nullptr, EVP_sha256(), nullptr);
  if (made != 1) std::abort();  // only without memory or without a provider
  return digest;
}

}  // namespace gatehouse::store
