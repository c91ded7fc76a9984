#include "daemon/gate/decision/cart_fingerprint.hpp"

#include "store/values/sha256.hpp"

namespace gatehouse::gate {

std::string cart_fingerprint(std::string_view body, std::string_view request_id) {
  Sha256 digest;
  while (!request_id.empty()) {
    const std::size_t at = body.find(request_id);
    if (at == std::string_view::npos) break;
    digest.update(body.substr(0, at));
    body.remove_prefix(at + request_id.size());
  }
  digest.update(body);
  return digest.finish();
}

}  // namespace gatehouse::gate
