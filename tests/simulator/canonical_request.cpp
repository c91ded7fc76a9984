#include <algorithm>
#include <charconv>
#include <ranges>

#include "tests/simulator/digest.hpp"
#include "tests/simulator/signature.hpp"
#include "tests/simulator/text.hpp"

namespace gatehouse::simulator {
namespace {

bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

std::string percent_encoded(std::string_view text, std::string_view kept) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (is_unreserved(c) || kept.find(c) != std::string_view::npos) {
      encoded += c;
      continue;
    }
    const auto value = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += digits[value >> 4U];
    encoded += digits[value & 15U];
  }
  return encoded;
}

// RFC 3986 dot segments are resolved and empty segments dropped; a final slash stays.
std::string normalised_path(std::string_view path) {
  std::vector<std::string_view> kept;
  for (const auto segment : split(path, '/')) {
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
  }
  std::string normalised;
  for (const auto segment : kept) normalised.append("/").append(segment);
  if (normalised.empty() || path.ends_with('/')) normalised += '/';
  return normalised;
}

std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  for (const auto part : split(query, '&')) {
    if (part.empty()) continue;
    const auto equals = std::min(part.find('='), part.size());
    const auto value = equals < part.size() ? part.substr(equals + 1) : std::string_view{};
    parameters.emplace_back(percent_encoded(percent_decoded(part.substr(0, equals)), ""),
                            percent_encoded(percent_decoded(value), ""));
  }
  std::ranges::sort(parameters);
  std::string canonical;
  for (const auto& [name, value] : parameters) {
    canonical.append(canonical.empty() ? "" : "&").append(name).append("=").append(value);
  }
  return canonical;
}

std::string collapsed(std::string_view value) {
  std::string text;
  for (const auto word : split(value, ' ')) {
    if (!word.empty()) text.append(text.empty() ? "" : " ").append(word);
  }
  return text;
}

std::string canonical_value(const SignedRequest& request, std::string_view name) {
  std::string canonical;
  bool first = true;
  for (const auto& [sent_name, value] : request.headers) {
    if (lower_case(sent_name) != name) continue;
    canonical.append(first ? "" : ",").append(collapsed(value));
    first = false;
  }
  return canonical;
}

}  // namespace

std::string canonical_request(const SignedRequest& request,
                              const std::vector<std::string>& signed_headers) {
  const auto question = std::min(request.target.find('?'), request.target.size());
  const auto path = request.target.substr(0, question);
  const auto query =
      question < request.target.size() ? request.target.substr(question + 1) : std::string_view{};
  std::string canonical(request.method);
  canonical.append("\n").append(percent_encoded(normalised_path(path), "/"));
  canonical.append("\n").append(canonical_query(query)).append("\n");
  for (const auto& name : signed_headers) {
    canonical.append(name).append(":").append(canonical_value(request, name)).append("\n");
  }
  canonical.append("\n").append(joined(signed_headers, ";"));
  canonical.append("\n").append(sha256_hex(request.body));
  return canonical;
}

}  // namespace gatehouse::simulator
