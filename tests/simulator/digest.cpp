#include "tests/simulator/digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cassert>

#include "store/values/sha256.hpp"
#include "store/values/text/hexadecimal.hpp"

namespace gatehouse::simulator {
namespace {

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string text_of(const unsigned char* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

std::string sha256_hex(std::string_view data) {
  return hexadecimal(sha256(data));
}

std::string hmac_sha256(std::string_view key, std::string_view data) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  unsigned int size = 0;
  const auto* made = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), octets(data),
                          data.size(), digest.data(), &size);
  assert(made != nullptr && size == digest.size());
  (void)made;
  return text_of(digest.data(), size);
}

std::uint64_t fnv1a(std::string_view data) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : data) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return hash;
}

std::string base64(std::string_view data) {
  std::string text(4 * ((data.size() + 2) / 3) + 1, '\0');  // EVP_EncodeBlock ends it with a NUL
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), octets(data),
                                   static_cast<int>(data.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::string from_base64(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  std::string data(text.size(), '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(data.data()), octets(text),
                                   static_cast<int>(text.size()));
  // EVP_DecodeBlock gives a zero byte for each character of padding.
  const auto padding = text.size() - std::min(text.find('='), text.size());
  if (size < 0 || padding > static_cast<std::size_t>(size)) return {};
  data.resize(static_cast<std::size_t>(size) - padding);
  return data;
}

}  // namespace gatehouse::simulator
