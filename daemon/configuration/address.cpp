#include "daemon/configuration/address.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <charconv>
#include <cstdint>
#include <optional>

#include "daemon/configuration/load.hpp"

namespace gatehouse::configuration {
namespace {

// nullopt: not "ip:port" with a numeric address, IPv6 in brackets.
std::optional<boost::asio::ip::address> address_of(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  std::uint16_t number = 0;
  const auto [rest, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc{} || rest != port.data() + port.size()) return std::nullopt;

  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  boost::system::error_code failed;
  const auto address = boost::asio::ip::make_address(std::string(host), failed);
  if (failed || address.is_v6() != bracketed) return std::nullopt;
  return address;
}

bool is_loopback_host(const std::string& host) {
  if (host == "localhost") return true;
  boost::system::error_code failed;
  const auto address = boost::asio::ip::make_address(host, failed);
  return !failed && address.is_loopback();
}

}  // namespace

std::expected<ListenAddress, std::string> parse_listen_address(std::string_view text) {
  const bool is_path = text.starts_with('/') && text.size() <= kUnixPathMax_bytes;
  if (text.empty() || is_path || address_of(text)) return ListenAddress{std::string(text)};
  return std::unexpected(
      R"("127.0.0.1:8080", "[::1]:8080" or the absolute path of a unix socket of at most 107 bytes)");
}

std::expected<Url, std::string> parse_url(std::string_view text) {
  if (text.empty()) return Url{};
  const auto url = boost::urls::parse_uri(text);
  if (!url || (url->scheme() != "http" && url->scheme() != "https") || url->host().empty()) {
    return std::unexpected(R"(an absolute http or https URL such as "https://cloud.example/api")");
  }
  if (url->has_userinfo()) {
    return std::unexpected("a URL without user and password: they belong in a *_file");
  }
  if (url->has_query() || url->has_fragment()) {
    return std::unexpected("a URL without ? and #: paths are appended to it");
  }
  while (text.ends_with('/')) text.remove_suffix(1);
  return Url{std::string(text)};
}

bool is_unencrypted(const Url& url) {
  const auto parsed = boost::urls::parse_uri(url.text);
  return parsed && parsed->scheme() == "http" && !is_loopback_host(parsed->host_address());
}

bool is_local_only(std::string_view address) {
  if (address.empty() || address.starts_with('/')) return true;
  const auto parsed = address_of(address);
  return parsed && parsed->is_loopback();
}

}  // namespace gatehouse::configuration
