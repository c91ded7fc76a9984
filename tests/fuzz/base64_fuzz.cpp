#include <openssl/evp.h>

#include "daemon/gate/request/base64.hpp"
#include "store/values/text/ascii.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace gatehouse::gate {
namespace {

std::string encode(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

}  // namespace
}  // namespace gatehouse::gate

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gatehouse::gate;
  const std::string_view input = as_text(data, size);
  // What is taken is what the encoder makes of the bytes, but for line breaks and the padding …
  if (const auto bytes = decode_base64(input)) {
    std::string text(gatehouse::trimmed(input, base64_blanks));
    std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
    std::string expected = encode(*bytes);
    if (!text.ends_with('=')) expected.erase(expected.find_last_not_of('=') + 1);
    require(text == expected);
    const auto bare = without_line_end(bytes);
    require(!bare || (bytes->starts_with(*bare) && !without_line_end(bare)));
  }
  // … and what the encoder makes is taken, up to the limit.
  const std::string encoded = encode(input);
  const auto bytes = decode_base64(encoded);
  require(bytes.has_value() == (encoded.size() <= base64_text_max));
  if (bytes) require(*bytes == input);
  return 0;
}
