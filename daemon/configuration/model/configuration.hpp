#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "daemon/configuration/model/secret.hpp"
#include "daemon/gate/decision/operator_choices.hpp"
#include "store/values/time.hpp"
#include "sync/amazon/jwo_options.hpp"
#include "sync/cloud/cloud_options.hpp"
#include "sync/credentials/source.hpp"

namespace gatehouse::configuration {

/// "1MiB" in the file.
struct ByteCount {
  std::size_t value = 0;
  bool operator==(const ByteCount&) const = default;
};

/// "" or an absolute http or https URL without user, query, fragment and trailing slash, so that
/// a path can be appended to it.
struct Url {
  std::string text;
  bool operator==(const Url&) const = default;
};

/// "" (none), "127.0.0.1:8080", "[::1]:8080" or an absolute path of a unix socket.
struct ListenAddress {
  std::string text;
  bool operator==(const ListenAddress&) const = default;
};

// What a part below knows by an enumeration of its own is configured by that (model/choices.hpp).
enum class UnknownShopper { reject, ask_cloud };
enum class WhenStale { answer, reject };
enum class Auth { none, basic, bearer, sigv4, mtls };

struct Store {
  std::string id;
  std::vector<std::string> also_known_as;
  std::string currency;  ///< ISO 4217; '' : not said
  std::filesystem::path state_dir;
  ByteCount reserve;  ///< 0: none
};

struct Gate {
  ListenAddress listen;
  NamedFile tls_certificate;
  NamedFile tls_key;
  NamedFile tls_client_ca;
  SecretFile bearer_token_file;
  UnknownShopper unknown_shopper{};
  milliseconds ask_cloud_deadline{};
  milliseconds stale_after{};
  WhenStale when_stale{};
  gate::AcceptedId accepted_id{};
  std::string path_prefix;
  std::vector<std::string> key_channels;
  std::vector<std::string> payload_types;
  std::vector<std::string> identifier_types;
  std::size_t identity_keys_per_second{};
  std::string code_time_pattern;
  milliseconds code_max_age{};
  bool shopper_authorization{};
  gate::AuthorizationFallback authorization_fallback{};
  bool deny_outstanding{};
  std::size_t log_calls_per_second{};
  bool insecure{};
  std::size_t max_connections{};
  ByteCount max_body;
};

struct Local {
  ListenAddress listen;
  std::filesystem::path control_socket;
};

/// One HTTP service of the retailer, and how to log in there. Feed and cloud are the same kind.
struct Endpoint {
  Url url;
  Auth auth{};
  SecretFile basic_file;  ///< "user:password"
  SecretFile bearer_file;
  NamedFile client_certificate;
  NamedFile client_key;
  NamedFile ca_file;            ///< '' : the system's certificate authorities
  std::string region;           ///< of sigv4; '' : rules/signed_endpoints.hpp
  std::string assume_role_arn;  ///< '' : the keys of [aws] sign
};

struct Cloud : Endpoint {
  std::size_t max_in_flight{};
  milliseconds timeout{};
  sync::GrantRule grant{};
};

struct Jwo {
  sync::SettlementMode settlement{};
  std::string region;
  bool test_environment{};
  Url payments_url;  ///< after load: the configured one, or the region's; '' where it has none
  Url checkout_url;
  Url feedback_url;  ///< no region has a published one
  sync::UnknownCapture unknown_capture{};
  std::string charge_max;  ///< a decimal number; '' : not said
  sync::PartialApproval partial_approval{};
  sync::UnvouchedRule unvouched{};
  milliseconds charge_window{};
  milliseconds refund_window{};
  bool report_payment_status{};
  bool shopper_email{};
  sync::TimeUnit payment_status_time{};
  bool reconciliation_means_captured{};
};

struct Aws {
  sync::CredentialSource credentials{};
  NamedFile credentials_file;
  std::string profile;
  std::vector<std::string> credential_process;
  std::string iot_endpoint;
  std::string iot_role_alias;
  std::string iot_thing_name;
  NamedFile iot_certificate;
  NamedFile iot_key;
  NamedFile iot_ca_file;
  std::string assume_role_arn;
  std::string external_id;
  std::string session_name;
  Url sts_url;
  NamedFile sts_ca_file;
  // From the environment alone (AWS_ACCESS_KEY_ID, …), never from a file of ours.
  Secret access_key_id;
  Secret secret_access_key;
  Secret session_token;
};

/// Everything that can be configured, typed and checked. Its defaults are in the field table
/// (fields.cpp) and nowhere else: make one with load() or defaults().
struct Configuration {
  Store store;
  Gate gate;
  Local local;
  Endpoint feed;
  Cloud cloud;
  Jwo jwo;
  Aws aws;
};

}  // namespace gatehouse::configuration
