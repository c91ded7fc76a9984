#include "store/values/text/hexadecimal.hpp"

#include <boost/algorithm/hex.hpp>
#include <iterator>

namespace gatehouse {

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  boost::algorithm::hex_lower(bytes.begin(), bytes.end(), std::back_inserter(text));
  return text;
}

}  // namespace gatehouse
