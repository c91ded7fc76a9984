#include "daemon/configuration/model/address.hpp"
#include "store/values/whole_number.hpp"

#include <algorithm>
#include <boost/url/ipv4_address.hpp>
#include <boost/url/ipv6_address.hpp>
#include <boost/url/parse.hpp>
#include <cstdint>

namespace gatehouse::configuration {
namespace {

// Where a listener can be reached from.
enum class Reach { nowhere, this_machine, others };

Reach reach_of(bool loopback) {
  return loopback ? Reach::this_machine : Reach::others;
}

Reach reach_of_host(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) {
    const auto address = boost::urls::parse_ipv6_address(host.substr(1, host.size() - 2));
    if (!address) return Reach::nowhere;
    constexpr unsigned char loopback_net = 127;
    const bool mapped = address->is_v4_mapped() && address->to_bytes()[12] == loopback_net;
    return reach_of(address->is_loopback() || mapped);
  }
  const auto address = boost::urls::parse_ipv4_address(host);
  return address ? reach_of(address->is_loopback()) : Reach::nowhere;
}

// nowhere: not "ip:port" with a numeric address, IPv6 in brackets.
Reach reach_of_address(std::string_view text) {
  const std::size_t colon = std::min(text.rfind(':'), text.size());
  const std::string_view port = text.substr(std::min(colon + 1, text.size()));
  if (!whole_number<std::uint16_t>(port)) return Reach::nowhere;
  return reach_of_host(text.substr(0, colon));
}

}  // namespace

std::expected<ListenAddress, std::string> parse_listen_address(std::string_view text) {
  const bool is_path = text.starts_with('/') && text.size() <= unix_path_max_bytes;
  if (text.empty() || is_path || reach_of_address(text) != Reach::nowhere) {
    return ListenAddress{std::string(text)};
  }
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
  if (!parsed || parsed->scheme() != "http" || parsed->host() == "localhost") return false;
  return reach_of_host(parsed->encoded_host()) != Reach::this_machine;
}

bool is_local_only(std::string_view address) {
  const bool is_unix = address.starts_with('/') || address.starts_with('@');
  if (address.empty() || is_unix) return true;
  return reach_of_address(address) == Reach::this_machine;
}

}  // namespace gatehouse::configuration
