#include "daemon/gate/cart_fingerprint.hpp"

#include <openssl/evp.h>

#include <memory>

namespace gatehouse::gate {

std::string cart_fingerprint(std::string_view body, std::string_view request_id) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(),
                                                                       &EVP_MD_CTX_free);
  EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr);
  while (!request_id.empty()) {
    const std::size_t at = body.find(request_id);
    if (at == std::string_view::npos) break;
    EVP_DigestUpdate(digest.get(), body.data(), at);
    body.remove_prefix(at + request_id.size());
  }
  EVP_DigestUpdate(digest.get(), body.data(), body.size());
  std::string out(32, '\0');
  EVP_DigestFinal_ex(digest.get(), reinterpret_cast<unsigned char*>(out.data()), nullptr);
  return out;
}

}  // namespace gatehouse::gate
