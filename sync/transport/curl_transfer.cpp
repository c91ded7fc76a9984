#include "sync/transport/curl_transfer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "store/values/version.hpp"
#include "sync/transport/boot_clock.hpp"
#include "sync/transport/curl_transport_rules.hpp"

namespace gatehouse::sync {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds retry_after_believed_max = std::chrono::hours{24};
// Below the 60 s after which common load balancers close an idle connection: fewer POSTs meet a
// connection that is just being closed.
constexpr long idle_connection_max_s = 50;

std::size_t receive(char* data, std::size_t, std::size_t size, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  std::string& body = transfer.reply.body;
  if (size > transfer.request.answer_max_bytes - body.size()) {
    transfer.reply.too_large = true;
    return CURL_WRITEFUNC_ERROR;
  }
  body.append(data, size);
  return size;
}

std::size_t receive_head(char* data, std::size_t, std::size_t size, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  const std::string_view line{data, size};
  if (line.starts_with("HTTP/")) transfer.head_complete = false;  // after a 1xx, another head comes
  if (line == "\r\n" || line == "\n") {
    transfer.head_complete = true;
    transfer.head_at = std::chrono::system_clock::now();
    transfer.head_since_boot = since_boot();
  }
  return size;
}

int before_sending(void* context, char*, char*, int, int) {
  auto& transfer = *static_cast<Transfer*>(context);
  transfer.resending = transfer.sending;
  transfer.sending = true;
  const bool refuse = transfer.resending && transfer.request.method == "POST";
  return refuse ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

long at_least_1_ms(milliseconds time) {
  return static_cast<long>(std::max(time.count(), 1L));
}

void set_limits(CurlSetup& setup, const Request& request, const ConnectionTimes& times) {
  setup.set(CURLOPT_NOSIGNAL, 1L);
  setup.set(CURLOPT_PROTOCOLS_STR, "http,https");
  setup.set(CURLOPT_FOLLOWLOCATION, 0L);
  // One request a connection: a broken one takes one request with it, not all of them.
  setup.set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  setup.set(CURLOPT_TIMEOUT_MS, at_least_1_ms(request.timeout));
  setup.set(CURLOPT_CONNECTTIMEOUT_MS,
            at_least_1_ms(std::min(request.timeout, times.connect_timeout)));
  setup.set(CURLOPT_MAXAGE_CONN, idle_connection_max_s);
  setup.set(CURLOPT_MAXLIFETIME_CONN, static_cast<long>(times.connection_life_max.count()));
  setup.set(CURLOPT_DNS_CACHE_TIMEOUT, static_cast<long>(times.name_life_max.count()));
  setup.set(CURLOPT_TCP_KEEPALIVE, 1L);
  // A name server that does not answer must not hold the loop when its request is given up.
  setup.set(CURLOPT_QUICK_EXIT, 1L);
}

void set_trust(CurlSetup& setup, const Login& login) {
  setup.set_unless_empty(CURLOPT_SSLCERT, login.client_certificate_file);
  setup.set_unless_empty(CURLOPT_SSLKEY, login.client_key_file);
  // Beside the system's: those stay, as CURLOPT_CAPATH's default.
  setup.set_unless_empty(CURLOPT_CAINFO, login.ca_file);
}

void set_login(CurlSetup& setup, const Login& login) {
  if (!login.basic.empty()) {
    setup.set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    setup.set(CURLOPT_USERPWD, login.basic.c_str());
  } else if (!login.bearer.empty()) {
    setup.set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BEARER));
    setup.set(CURLOPT_XOAUTH2_BEARER, login.bearer.c_str());
  }
}

/// The one place that signs. What may be signed is decided in curl_transport_rules.
void set_signing(CurlSetup& setup, const AwsSigning& signing) {
  const auto scope = fmt::format("aws:amz:{}:{}", signing.region, signing.service);
  setup.set(CURLOPT_AWS_SIGV4, scope.c_str());
  setup.set(CURLOPT_USERNAME, signing.access_key_id.c_str());
  setup.set(CURLOPT_PASSWORD, signing.secret_access_key.c_str());
}

/// False: no memory, and the transfer's list is incomplete.
bool make_headers(Transfer& transfer) {
  auto append = [&transfer](std::string_view name, std::string_view value) {
    auto* longer =
        curl_slist_append(transfer.headers.get(), fmt::format("{}: {}", name, value).c_str());
    if (longer == nullptr) return false;
    if (!transfer.headers) transfer.headers.reset(longer);  // later ones hang on the first
    return true;
  };
  for (const auto& [name, value] : transfer.request.headers) {
    if (!append(name, value)) return false;
  }
  const auto& signing = transfer.request.signing;
  // libcurl signs the token only when it is a header of the caller's.
  return !signing || signing->session_token.empty() ||
         append("X-Amz-Security-Token", signing->session_token);
}

/// The last answer's header of this name, '' for none.
std::string_view answer_header(CURL* easy, const char* name) {
  curl_header* header = nullptr;
  if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK) return "";
  return header->value;
}

/// By the system's clock, which libcurl signs with; as of the head, for a long poll's body may end
/// minutes after its Date.
/// nullopt, too, where the system's clock was set since: it would be about another one; and where a
/// cache gave the answer again (Age), whose Date is that of the origin.
std::optional<seconds> clock_ahead(const Transfer& transfer) {
  constexpr seconds step_min{2};
  const auto age = answer_header(transfer.easy.get(), "Age");
  if (!age.empty() && age != "0") return std::nullopt;
  const auto date = answer_header(transfer.easy.get(), "Date");
  const auto unix_s = date.empty() ? -1 : curl_getdate(std::string(date).c_str(), nullptr);
  if (unix_s < 0) return std::nullopt;
  const auto by_wall = std::chrono::system_clock::now() - transfer.head_at;
  const auto by_boot = since_boot() - transfer.head_since_boot;
  if (std::chrono::abs(by_wall - by_boot) >= step_min) return std::nullopt;
  return std::chrono::floor<seconds>(transfer.head_at).time_since_epoch() - seconds{unix_s};
}

bool is_about_dates(CURL* easy, CURLcode code) {
  // X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED of OpenSSL's x509_vfy.h.
  constexpr long not_yet_valid = 9;
  constexpr long has_expired = 10;
  if (code != CURLE_PEER_FAILED_VERIFICATION) return false;
  long verified = 0;
  curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &verified);
  return verified == not_yet_valid || verified == has_expired;
}

}  // namespace

bool initialise_libcurl() {
  static const bool initialised = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return initialised;
}

void CurlSetup::set_unless_empty(CURLoption option, const std::string& value) {
  if (!value.empty()) set(option, value.c_str());
}

CURLcode set_up(Transfer& transfer, const ConnectionTimes& times) {
  if (!make_headers(transfer)) return CURLE_OUT_OF_MEMORY;
  const Request& request = transfer.request;
  CurlSetup setup(transfer.easy.get());
  set_limits(setup, request, times);
  setup.set(CURLOPT_URL, request.url.c_str());
  setup.set(CURLOPT_USERAGENT, (std::string("gatehouse/") + program_version).c_str());
  setup.set(CURLOPT_HTTPHEADER, transfer.headers.get());
  setup.set(CURLOPT_ERRORBUFFER, transfer.error.data());
  setup.set(CURLOPT_PRIVATE, static_cast<void*>(&transfer));
  setup.set(CURLOPT_WRITEFUNCTION, &receive);
  setup.set(CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
  setup.set(CURLOPT_HEADERFUNCTION, &receive_head);
  setup.set(CURLOPT_HEADERDATA, static_cast<void*>(&transfer));
  setup.set(CURLOPT_PREREQFUNCTION, &before_sending);
  setup.set(CURLOPT_PREREQDATA, static_cast<void*>(&transfer));
  if (request.method == "POST") {
    setup.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    setup.set(CURLOPT_POSTFIELDS, request.body.c_str());
  }
  set_trust(setup, request.login);
  if (request.signing) {
    set_signing(setup, *request.signing);
  } else {
    set_login(setup, request.login);
  }
  return setup.result();
}

std::string error_text(const Transfer& transfer, CURLcode code) {
  if (transfer.reply.too_large) {
    return fmt::format("the answer is longer than {} bytes", transfer.request.answer_max_bytes);
  }
  if (code == CURLE_ABORTED_BY_CALLBACK && transfer.resending) {
    return "the connection broke before an answer came, and a POST is not repeated unasked";
  }
  const char* text = transfer.error[0] != '\0' ? transfer.error.data() : curl_easy_strerror(code);
  return without_secrets(text, transfer.request.url);
}

void conclude(Transfer& transfer, CURLcode code) {
  Reply& reply = transfer.reply;
  long status = 0;
  curl_off_t retry_after_s = 0;
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_RETRY_AFTER, &retry_after_s);
  // curl takes a connection that closes inside the head for the end of an answer without a body.
  if (code == CURLE_OK && (!transfer.head_complete || status < 200)) code = CURLE_PARTIAL_FILE;
  if (code != CURLE_OK) {
    reply.sent = transfer.sending ? Sent::maybe : Sent::no;
    reply.body.clear();
    reply.error = error_text(transfer, code);
    reply.certificate_dates = reply.sent == Sent::no && is_about_dates(transfer.easy.get(), code);
    if (reply.certificate_dates) {
      reply.error +=
          "; check this machine's clock (timedatectl), and else the server's certificate";
    }
    return;
  }
  reply.sent = Sent::answered;
  reply.status = static_cast<int>(status);
  reply.clock_ahead = clock_ahead(transfer);
  reply.error_type = letters(answer_header(transfer.easy.get(), "x-amzn-ErrorType"));
  if (retry_after_s > 0)
    reply.retry_after = std::min(seconds{retry_after_s}, retry_after_believed_max);
}

}  // namespace gatehouse::sync
