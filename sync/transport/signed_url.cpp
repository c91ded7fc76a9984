#include "sync/transport/signed_url.hpp"

#include <string>

namespace gatehouse::sync {
namespace {

/// The half byte of a capital hexadecimal digit; -1: it is none.
int half_byte(char digit) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  const auto at = digits.find(digit);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

bool is_encoded(std::string_view text) {
  for (; !text.empty(); text.remove_prefix(1)) {
    if (is_unreserved(text.front())) continue;
    if (text.front() != '%' || text.size() < 3) return false;
    const int high = half_byte(text[1]);
    const int low = half_byte(text[2]);
    if (high < 0 || low < 0 || is_unreserved(static_cast<char>(high * 16 + low))) return false;
    text.remove_prefix(2);
  }
  return true;
}

}  // namespace

bool is_canonical_query(std::string_view query) {
  std::string_view before;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto pair = query.substr(0, end);
    query.remove_prefix(end);
    if (query == "&") return false;
    if (!query.empty()) query.remove_prefix(1);
    const auto equals = pair.find('=');
    if (equals == 0 || equals == std::string_view::npos) return false;
    const auto name = pair.substr(0, equals);
    if (name <= before || !is_encoded(name) || !is_encoded(pair.substr(equals + 1))) return false;
    before = name;
  }
  return true;
}

}  // namespace gatehouse::sync
