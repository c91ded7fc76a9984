#include "daemon/command/gate_client.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "sync/transport/blocking_call.hpp"
#include "sync/transport/url.hpp"

namespace gatehouse::command {
namespace {

using sync::CallFailure;

/// Without an authority there is a unix socket, and the host is named because HTTP wants one.
std::string url_of(const GateAddress& gate, std::string_view path) {
  const std::string origin =
      (gate.tls ? "https://" : "http://") + (gate.authority.empty() ? "gatehouse" : gate.authority);
  return sync::join_url(origin + gate.path_prefix, path);
}

CallError explained(const sync::CallResult& result, const GateAddress& gate, const ClientTls& tls) {
  const std::string where = gate.host.empty() ? gate.port : gate.authority;
  const std::string& error = result.reply.error;
  const std::string no_tls = "no TLS with the gate at " + where + ": ";
  switch (result.failure) {
    case CallFailure::not_permitted:
      return {ExitCode::not_permitted, "not allowed to use " + where};
    case CallFailure::untrusted:
      return {ExitCode::unreachable,
              no_tls + "certificate verify failed: " + error + "; " + tls.remedy};
    case CallFailure::certificate_wanted:
      return {
          ExitCode::unreachable,
          no_tls + error +
              "; give --client-certificate and --client-key, of an authority that the gate trusts"};
    case CallFailure::tls:
      return {ExitCode::unreachable, no_tls + error};
    default:
      return {ExitCode::unreachable, "no answer from the gate at " + where + ": " + error};
  }
}

}  // namespace

std::expected<GateAddress, std::string> parse_gate_address(std::string_view text) {
  if (text.starts_with('/')) return GateAddress{.port = std::string(text)};
  const auto url = boost::urls::parse_uri(text);
  const bool is_web = url && (url->scheme() == "http" || url->scheme() == "https");
  if (!is_web || url->host_address().empty() || url->has_query() || url->has_fragment() ||
      url->has_userinfo()) {
    return std::unexpected(
        "expected http://host:port or https://host:port, with gate.path_prefix as its path, or the "
        "absolute path of a unix socket");
  }
  GateAddress gate{.host = url->host_address(),
                   .path_prefix = std::string(url->encoded_path()),
                   .authority = std::string(url->encoded_host_and_port()),
                   .tls = url->scheme() == "https"};
  const std::string usual_port = gate.tls ? "443" : "80";
  gate.port = url->has_port() ? std::string(url->port()) : usual_port;
  if (gate.path_prefix.ends_with('/')) gate.path_prefix.pop_back();
  return gate;
}

std::expected<Reply, CallError> post_to_gate(const GateAddress& gate, const ClientTls& tls,
                                             std::string_view path, const std::string& body,
                                             const std::string& bearer_token,
                                             std::chrono::milliseconds deadline) {
  sync::BlockingCall call{
      .unix_socket = gate.host.empty() ? std::optional(gate.port) : std::nullopt,
      .authorities_file = tls.authorities_file,
      .only_certificate = tls.only_certificate};
  call.request.method = "POST";
  call.request.url = url_of(gate, path);
  call.request.headers.emplace_back("Content-Type", "application/json");
  call.request.body = body;
  call.request.timeout = deadline;
  call.request.answer_max_bytes = answer_max_bytes;
  call.request.login = tls.login;
  call.request.login.bearer = bearer_token;
  sync::CallResult result = sync::blocking_call(std::move(call));
  if (result.failure != CallFailure::none) return std::unexpected(explained(result, gate, tls));
  return Reply{static_cast<unsigned>(result.reply.status), std::move(result.reply.body)};
}

}  // namespace gatehouse::command
