#include "store/values/sha256.hpp"

#include <openssl/evp.h>

#include <cstdlib>

namespace gatehouse {
namespace {

constexpr std::size_t digest_bytes = 32;

/// OpenSSL fails here only where the process has no memory or no provider: then it has to end.
void require(int succeeded) {
  if (succeeded != 1) std::abort();
}

}  // namespace

struct Sha256::Context {
  Context() { require(digest == nullptr ? 0 : EVP_DigestInit_ex(digest, EVP_sha256(), nullptr)); }
  ~Context() { EVP_MD_CTX_free(digest); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  EVP_MD_CTX* digest = EVP_MD_CTX_new();
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {}
Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) {
  require(EVP_DigestUpdate(context_->digest, bytes.data(), bytes.size()));
}

std::string Sha256::finish() {
  std::string digest(digest_bytes, '\0');
  auto* out = reinterpret_cast<unsigned char*>(digest.data());
  require(EVP_DigestFinal_ex(context_->digest, out, nullptr));
  return digest;
}

std::string sha256(std::string_view bytes) {
  Sha256 digest;
  digest.update(bytes);
  return digest.finish();
}

}  // namespace gatehouse
