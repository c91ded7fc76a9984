#include "store/cache/key_hash.hpp"

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "store/values/durable_file.hpp"

namespace gatehouse::store {
namespace {

constexpr std::size_t secret_size = 32;
constexpr unsigned secret_mode = 0400;

Result<HashKey> read_secret(const std::filesystem::path& file) {
  Result<std::string> secret = read_file(file, 4096);
  if (!secret) {
    return failure(secret.error().remedy,
                   fmt::format("the hash key in {} {}", file.string(), secret.error().message));
  }
  if (secret->size() != secret_size) {
    return failure(Remedy::repair,
                   fmt::format("the hash key in {} has {} bytes; expected {} random bytes. Restore "
                               "the file, or delete it: then a new key is made and the shopper "
                               "cache is rebuilt from the feed",
                               file.string(), secret->size(), secret_size));
  }
  std::array<std::byte, secret_size> bytes{};
  std::memcpy(bytes.data(), secret->data(), bytes.size());
  return HashKey::from_bytes(bytes);
}

Result<> make_secret(const std::filesystem::path& file) {
  auto key = HashKey::random();
  if (!key) return propagate(std::move(key));
  const std::string_view bytes(reinterpret_cast<const char*>(key->bytes().data()), secret_size);
  return write_durably(file, bytes, secret_mode);
}

/// OpenSSL fails here only where the process has no memory or no provider: then it has to end.
void require(bool succeeded) {
  if (!succeeded) std::abort();
}

}  // namespace

Result<HashKey> HashKey::load(const std::filesystem::path& credential,
                              const std::filesystem::path& file) {
  if (!credential.empty()) return read_secret(credential);
  std::error_code unreadable;
  if (!std::filesystem::exists(file, unreadable) && !unreadable) {
    if (Result<> made = make_secret(file); !made) {
      return propagate(std::move(made), "making the hash key");
    }
  }
  return read_secret(file);
}

Result<HashKey> HashKey::random() {
  std::array<std::byte, secret_size> bytes{};
  auto* out = reinterpret_cast<unsigned char*>(bytes.data());
  if (RAND_priv_bytes(out, static_cast<int>(bytes.size())) != 1) {
    return failure(Remedy::retry, "the system gives no random bytes for the hash key");
  }
  return from_bytes(bytes);
}

HashKey HashKey::from_bytes(const std::array<std::byte, 32>& bytes) {
  HashKey key;
  key.bytes_ = bytes;
  return key;
}

struct KeyHasher::Context {
  struct Free {
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
  };
  std::unique_ptr<EVP_MAC_CTX, Free> mac;
};

KeyHasher::KeyHasher(const HashKey& key) : context_(std::make_unique<Context>()) {
  EVP_MAC* algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  require(algorithm != nullptr);
  context_->mac.reset(EVP_MAC_CTX_new(algorithm));
  EVP_MAC_free(algorithm);  // the context holds it
  require(context_->mac != nullptr);

  std::string digest = "SHA256";
  const std::array parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), digest.size()),
      OSSL_PARAM_construct_end()};
  const auto* secret = reinterpret_cast<const unsigned char*>(key.bytes().data());
  require(EVP_MAC_init(context_->mac.get(), secret, key.bytes().size(), parameters.data()) == 1);
}

KeyHasher::~KeyHasher() = default;
KeyHasher::KeyHasher(KeyHasher&&) noexcept = default;
KeyHasher& KeyHasher::operator=(KeyHasher&&) noexcept = default;

KeyHash KeyHasher::hash(std::string_view key) {
  EVP_MAC_CTX* mac = context_->mac.get();
  const auto* bytes = reinterpret_cast<const unsigned char*>(key.data());
  std::array<unsigned char, 32> digest{};
  std::size_t size = 0;
  // No key: starts anew with the one that is prepared.
  require(EVP_MAC_init(mac, nullptr, 0, nullptr) == 1 &&
          EVP_MAC_update(mac, bytes, key.size()) == 1 &&
          EVP_MAC_final(mac, digest.data(), &size, digest.size()) == 1);
  KeyHash hash{};
  std::memcpy(hash.data(), digest.data(), hash.size());
  return hash;
}

KeyHash KeyHasher::key_check() {
  return hash(std::string_view("\0gatehouse key check", 20));
}

}  // namespace gatehouse::store
