#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace gatehouse {

/// SHA-256 of bytes that come in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void update(std::string_view bytes);
  /// The digest, 32 bytes. Once, and then nothing more.
  [[nodiscard]] std::string finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// SHA-256 of `bytes`, 32 bytes.
[[nodiscard]] std::string sha256(std::string_view bytes);

}  // namespace gatehouse
