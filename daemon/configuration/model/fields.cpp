#include <cctype>

#include "daemon/configuration/model/field.hpp"

namespace gatehouse::configuration {
namespace {

constexpr Range any_range{};
constexpr std::int64_t second_ms = 1000;
constexpr std::int64_t day_ms = 24 * 3600 * second_ms;
constexpr std::int64_t kibibyte = 1024;
constexpr std::int64_t mebibyte = 1024 * kibibyte;
constexpr std::int64_t gibibyte = 1024 * mebibyte;

constexpr auto on_sighup = Reload::on_sighup;
constexpr auto on_restart = Reload::on_restart;

// Where a member of a section lives: gate<&Gate::listen>.
template <auto part, auto member>
Slot slot(Configuration& configuration) {
  return &(configuration.*part.*member);
}
template <auto member>
constexpr auto store = &slot<&Configuration::store, member>;
template <auto member>
constexpr auto gate = &slot<&Configuration::gate, member>;
template <auto member>
constexpr auto local = &slot<&Configuration::local, member>;
template <auto member>
constexpr auto cloud = &slot<&Configuration::cloud, member>;
template <auto member>
constexpr auto jwo = &slot<&Configuration::jwo, member>;
template <auto member>
constexpr auto aws = &slot<&Configuration::aws, member>;

const Field store_and_gate[] = {
    {"store", "id", "", store<&Store::id>, on_restart, any_range,
     "The storeId that Amazon sends: the external id in the merchant portal. Required."},
    {"store", "also_known_as", "", store<&Store::also_known_as>, on_sighup, any_range,
     "Other storeIds of this store, e.g. while it is renamed."},
    {"store", "currency", "", store<&Store::currency>, on_sighup, any_range,
     "Currency in which this store charges, e.g. USD (ISO 4217). With jwo.settlement, a price in "
     "another one is held until an operator confirms it. '': any currency is charged."},
    {"store", "state_dir", "/var/lib/gatehouse", store<&Store::state_dir>, on_restart, any_range,
     "Folder of cache.db and ledger.db, on a local disk that honours fsync."},
    {"store", "reserve", "64MiB", store<&Store::reserve>, on_restart, Range{0, gibibyte},
     "Space kept free in state_dir (file reserve), given up for carts when the disk is "
     "full. Made only while twice as much is free. 0B: none."},

    {"gate", "listen", "127.0.0.1:8080", gate<&Gate::listen>, on_restart, any_range,
     "Where the JWO connectors are served: ip:port or the absolute path of a unix socket. Not used "
     "where systemd passes the socket (FileDescriptorName=gate)."},
    {"gate", "tls_certificate", "", gate<&Gate::tls_certificate>, on_restart, any_range,
     "Certificate chain (PEM) for TLS; needs tls_key."},
    {"gate", "tls_key", "", gate<&Gate::tls_key>, on_restart, any_range,
     "Private key (PEM) of tls_certificate."},
    {"gate", "tls_client_ca", "", gate<&Gate::tls_client_ca>, on_restart, any_range,
     "Certificate authorities (PEM) of the callers. If set, a caller without a certificate from "
     "one of them is refused (mTLS). Needs tls_certificate."},
    {"gate", "bearer_token_file", "", gate<&Gate::bearer_token_file>, on_sighup, any_range,
     "File with the token that every caller must send as `Authorization: Bearer`."},
    {"gate", "unknown_shopper", "reject", gate<&Gate::unknown_shopper>, on_restart, any_range,
     "What to do with a code that the cache does not know: reject it, or ask_cloud with the same "
     "request below cloud.url, which makes such a scan as slow as the internet connection."},
    {"gate", "ask_cloud_deadline", "300ms", gate<&Gate::ask_cloud_deadline>, on_sighup,
     Range{1, 10 * second_ms},
     "How long ask_cloud waits before it rejects. Must be shorter than Amazon's own timeout."},
    {"gate", "stale_after", "24h", gate<&Gate::stale_after>, on_sighup, Range{0, 3650 * day_ms},
     "Age of the cache above which when_stale applies. 0s: never."},
    {"gate", "when_stale", "answer", gate<&Gate::when_stale>, on_sighup, any_range,
     "With a stale cache: answer from it anyway (shoppers blocked since then get in), or reject "
     "everyone."},
    {"gate", "accepted_id", "code", gate<&Gate::accepted_id>, on_sighup, any_range,
     "The id in the answer to an accepted scan, which Amazon repeats in the cart: the decoded "
     "code, "
     "or the feed's shopperId."},
    {"gate", "path_prefix", "", gate<&Gate::path_prefix>, on_sighup, any_range,
     "Stage or base path of the URL onboarded at Amazon, e.g. /prod. Every route must begin with "
     "exactly this path."},
    {"gate", "key_channels", "OPTICAL", gate<&Gate::key_channels>, on_sighup, any_range,
     "Accepted values for the keyChannel of an identity key; any other is answered 400. Amazon "
     "documents only OPTICAL. An empty list accepts any."},
    {"gate", "payload_types", "", gate<&Gate::payload_types>, on_sighup, any_range,
     "Further values for the payloadType of a cart, each with who charges such a trip: "
     "\"PALM=card\" is charged through Amazon, \"BADGE=app\" by the retailer. Any other value is "
     "answered 400. Amazon documents FINANCIAL (card) and SCAN_CODE (app), which always hold."},
    {"gate", "identifier_types", "UPC, EAN, BARCODE, GTIN, PLU, ISBN, EAN8",
     gate<&Gate::identifier_types>, on_sighup, any_range,
     "Accepted values for the type of an item's external identifier; any other is answered 400. By "
     "default those of Amazon's ordering and catalog contracts. An empty list accepts any."},
    {"gate", "identity_keys_per_second", "0", gate<&Gate::identity_keys_per_second>, on_sighup,
     Range{0, 100'000},
     "Maximum number of identity keys per second and caller (an IP address; all callers of the "
     "unix socket, or behind one proxy, count as one); more are answered 429. 0: no limit."},
    {"gate", "code_time_pattern", "", gate<&Gate::code_time_pattern>, on_sighup, any_range,
     "Regular expression (RE2) that finds the creation time in a decoded code: in the group named "
     "time, or else in the first group, as seconds or milliseconds since 1970 or as ISO-8601. A "
     "group named key is the part of the code that the feed lists; a code that does not match is "
     "then unknown. '': codes carry no time."},
    {"gate", "code_max_age", "60s", gate<&Gate::code_max_age>, on_sighup, Range{second_ms, day_ms},
     "A code whose time differs by more than this from the event's timestamp is refused. Amazon "
     "advises 30 to 90 seconds."},
    {"gate", "shopper_authorization", "true", gate<&Gate::shopper_authorization>, on_sighup,
     any_range,
     "Serves GetShopperAuthorization; false answers it 404. Amazon calls it only if the store's "
     "fraud and abuse strategy is not Amazon's alone."},
    {"gate", "authorization_fallback", "recommendation", gate<&Gate::authorization_fallback>,
     on_sighup, any_range,
     "Answer to GetShopperAuthorization if the cache cannot be read, or is stale and when_stale is "
     "reject: Amazon's recommendation (without one: accept), accept or deny."},
    {"gate", "deny_outstanding", "true", gate<&Gate::deny_outstanding>, on_sighup, any_range,
     "Denies entry to an instrument with an outstanding balance."},
    {"gate", "log_calls_per_second", "50", gate<&Gate::log_calls_per_second>, on_sighup,
     Range{0, 1000},
     "Maximum number of calls logged per second, one line each; separately for successful calls "
     "and "
     "for refused ones. The next line counts those left out. 0: none."},
    {"gate", "insecure", "false", gate<&Gate::insecure>, on_restart, any_range,
     "Allows a gate that other machines can reach without tls_client_ca or bearer_token_file: "
     "whoever reaches it can let people in."},
    {"gate", "max_connections", "1024", gate<&Gate::max_connections>, on_restart, Range{1, 100'000},
     "Maximum number of connections; further ones are answered 503. Each takes a file descriptor "
     "and up to 64 KiB of memory; larger bodies share 64 MiB."},
    {"gate", "max_body", "1MiB", gate<&Gate::max_body>, on_restart, Range{kibibyte, 64 * mebibyte},
     "Maximum size of a request body; a larger one is answered 413. All bodies above 16 KiB share "
     "64 MiB, or room for two of this size; what does not fit is answered 503."},

    {"local", "listen", "127.0.0.1:8081", local<&Local::listen>, on_restart, any_range,
     "Where status page, metrics and health are served, read-only. '': only on the control "
     "socket."},
    {"local", "control_socket", "/run/gatehouse/control.sock", local<&Local::control_socket>,
     on_restart, any_range,
     "Socket of the complete local API. Only root and members of group gatehouse may make "
     "changes."},
};

const Field cloud_and_amazon[] = {
    {"cloud", "max_in_flight", "16", cloud<&Cloud::max_in_flight>, on_sighup, Range{1, 1000},
     "Maximum number of concurrent deliveries, each of another trip. A larger number empties a "
     "backlog sooner, and puts more load on the internet connection and the cloud."},
    {"cloud", "timeout", "30s", cloud<&Cloud::timeout>, on_sighup,
     Range{second_ms, 5 * 60 * second_ms},
     "How long a delivery waits for its answer before it is sent again. Set it longer than the "
     "slowest answer of the cloud; API Gateway gives its service 29 s. Each waiting delivery "
     "counts towards max_in_flight."},
    {"cloud", "grant", "optional", cloud<&Cloud::grant>, on_sighup, any_range,
     "Whether the price in the cloud's answer must name the ledger that may charge it. With "
     "optional a price that names none is charged, and one that names another ledger is not. "
     "required is for two boxes that may receive the same cart (docs/feed-and-cloud.md)."},

    {"jwo", "settlement", "none", jwo<&Jwo::settlement>, on_restart, any_range,
     "Who charges card-entry trips: none (the cloud settles), payment (adjust and capture at "
     "Amazon's payment service) or checkout (Amazon's checkout service charges the priced cart)."},
    {"jwo", "region", "us-east-1", jwo<&Jwo::region>, on_restart, any_range,
     "AWS region of the store's JWO services, used for their addresses and for signing."},
    {"jwo", "test_environment", "false", jwo<&Jwo::test_environment>, on_restart, any_range,
     "Inserts .test before the service's name, as Amazon's connectivity tests require: no real "
     "money."},
    {"jwo", "payments_url", "", jwo<&Jwo::payments_url>, on_restart, any_range,
     "Replaces the region's payment service; test_environment does not change it."},
    {"jwo", "checkout_url", "", jwo<&Jwo::checkout_url>, on_restart, any_range,
     "Replaces the region's checkout service; test_environment does not change it."},
    {"jwo", "feedback_url", "", jwo<&Jwo::feedback_url>, on_restart, any_range,
     "Where payment status is reported. It has no default, because Amazon has not published the "
     "host: ask. '': reports wait on disk."},
    {"jwo", "charge_max", "", jwo<&Jwo::charge_max>, on_sighup, any_range,
     "The highest amount that is charged by itself, e.g. 500.00, in store.currency. A higher price "
     "is held until an operator confirms it. '': no limit."},
    {"jwo", "partial_approval", "hold", jwo<&Jwo::partial_approval>, on_sighup, any_range,
     "If Amazon approves only a part of a price: hold leaves the decision to an operator; capture "
     "captures that part, and the rest is debt."},
    {"jwo", "charge_window", "46h", jwo<&Jwo::charge_window>, on_restart,
     Range{3600 * second_ms, 30 * day_ms},
     "How long after its start a trip can be charged: typically 46 hours according to Amazon, "
     "depending on the payment processor. Warnings refer to it. A later charge is overdue, and "
     "still made if Amazon accepts it."},
    {"jwo", "refund_window", "7d", jwo<&Jwo::refund_window>, on_restart,
     Range{3600 * second_ms, 365 * day_ms},
     "How long after its start a trip can be refunded: 7 days according to Amazon. A later refund "
     "needs --confirm; whether it is accepted is for Amazon to say."},
    {"jwo", "unknown_capture", "hold", jwo<&Jwo::unknown_capture>, on_restart, any_range,
     "What to do after a capture without a clear answer that Amazon's transactional data does not "
     "show. With hold an operator decides. With ask_then_repeat the identical capture is sent "
     "once more, after at least 20 minutes (Amazon has not published whether it ignores a "
     "repetition: ask)."},
    {"jwo", "unvouched", "hold", jwo<&Jwo::unvouched>, on_restart, any_range,
     "What to do with a charge that the ledger cannot vouch for, because history is missing "
     "(docs/settlement.md). With hold it waits for the cloud's word or an operator. With ask it "
     "is made after two queries for Amazon's transactional data that show no charge, the second "
     "at least 20 minutes after the cart arrived (that Amazon shows a charge there is inference)."},
    {"jwo", "report_payment_status", "false", jwo<&Jwo::report_payment_status>, on_restart,
     any_range,
     "Reports what was settled to Amazon's /v1/feedback/payment-status, so that a shopper's debt "
     "is known at the gate."},
    {"jwo", "shopper_email", "false", jwo<&Jwo::shopper_email>, on_restart, any_range,
     "After the capture, asks Amazon for the e-mail address of a shopper who left one (a cart with "
     "shopperIdentity), and adds it to the payment record, for the receipt."},
    {"jwo", "payment_status_time", "seconds", jwo<&Jwo::payment_status_time>, on_restart, any_range,
     "Unit of paymentStatusTime, which Amazon has not published: seconds or milliseconds."},
    {"jwo", "reconciliation_means_captured", "true", jwo<&Jwo::reconciliation_means_captured>,
     on_restart, any_range,
     "After a capture with unknown outcome: treats transactional data with a reconciliationId as "
     "captured. This is inference, not documented by Amazon; false holds such a trip for an "
     "operator."},
};

const Field amazon_keys[] = {
    {"aws", "credentials", "environment", aws<&Aws::credentials>, on_sighup, any_range,
     "Source of the AWS credentials: environment (AWS_ACCESS_KEY_ID, "
     "AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN; never renewed), file (credentials_file, read again "
     "when it changes), process (credential_process) or iot (AWS IoT credentials provider). "
     "docs/going-live.md compares them."},
    {"aws", "credentials_file", "", aws<&Aws::credentials_file>, on_sighup, any_range,
     "Shared credentials file with profiles, for credentials = \"file\". Must be on a local disk, "
     "outside of /home, and readable for the daemon's user."},
    {"aws", "profile", "default", aws<&Aws::profile>, on_sighup, any_range,
     "Profile in credentials_file."},
    {"aws", "credential_process", "", aws<&Aws::credential_process>, on_sighup, any_range,
     "Program that prints AWS credentials (the AWS SDKs' credential_process), for credentials = "
     "\"process\": its absolute path, then its arguments as separate items; there is no shell. It "
     "is killed after 30 s or 64 KiB of output."},
    {"aws", "iot_endpoint", "", aws<&Aws::iot_endpoint>, on_sighup, any_range,
     "Host of the account's AWS IoT credentials provider, for credentials = \"iot\": `aws iot "
     "describe-endpoint --endpoint-type iot:CredentialProvider` prints it."},
    {"aws", "iot_role_alias", "", aws<&Aws::iot_role_alias>, on_sighup, any_range,
     "Role alias of the role whose credentials are requested there."},
    {"aws", "iot_thing_name", "", aws<&Aws::iot_thing_name>, on_sighup, any_range,
     "Thing that the certificate is attached to; needed if its policies use thing variables."},
    {"aws", "iot_certificate", "", aws<&Aws::iot_certificate>, on_sighup, any_range,
     "Device certificate (PEM) of this box."},
    {"aws", "iot_key", "", aws<&Aws::iot_key>, on_sighup, any_range,
     "Private key (PEM) of iot_certificate."},
    {"aws", "iot_ca_file", "", aws<&Aws::iot_ca_file>, on_sighup, any_range,
     "Additional certificate authorities (PEM) to trust for this service."},
    {"aws", "assume_role_arn", "", aws<&Aws::assume_role_arn>, on_sighup, any_range,
     "Role to assume with those credentials before calling Amazon (STS AssumeRole in jwo.region), "
     "and a feed or cloud with auth = \"sigv4\" and no role of its own. "
     "'': the credentials are used directly."},
    {"aws", "external_id", "", aws<&Aws::external_id>, on_sighup, any_range,
     "External id that the role's trust policy requires."},
    {"aws", "session_name", "", aws<&Aws::session_name>, on_sighup, any_range,
     "Name of the role's session, as shown in CloudTrail. '': gatehouse- followed by store.id."},
    {"aws", "sts_url", "", aws<&Aws::sts_url>, on_sighup, any_range,
     "Replaces the region's STS, e.g. by a VPC endpoint."},
    {"aws", "sts_ca_file", "", aws<&Aws::sts_ca_file>, on_sighup, any_range,
     "Additional certificate authorities (PEM) to trust for STS."},
};
// `part` is feed or cloud: both are reached and logged in to in the same way.
template <auto part>
void append_endpoint(std::vector<Field>& table, std::string_view section, std::string_view doc) {
  table.insert(table.end(),
               {{section, "url", "", slot<part, &Endpoint::url>, on_restart, any_range, doc},
                {section, "auth", "none", slot<part, &Endpoint::auth>, on_sighup, any_range,
                 "Authentication: none, basic (basic_file), bearer (bearer_file), mtls "
                 "(client_certificate, client_key) or sigv4 (signed with the credentials of [aws], "
                 "for an API Gateway that asks for IAM)."},
                {section, "basic_file", "", slot<part, &Endpoint::basic_file>, on_sighup, any_range,
                 "File with user:password, for auth = \"basic\"."},
                {section, "bearer_file", "", slot<part, &Endpoint::bearer_file>, on_sighup,
                 any_range, "File with the token, for auth = \"bearer\"."},
                {section, "client_certificate", "", slot<part, &Endpoint::client_certificate>,
                 on_sighup, any_range, "Client certificate (PEM), for auth = \"mtls\"."},
                {section, "client_key", "", slot<part, &Endpoint::client_key>, on_sighup, any_range,
                 "Private key (PEM) of client_certificate."},
                {section, "ca_file", "", slot<part, &Endpoint::ca_file>, on_sighup, any_range,
                 "Additional certificate authorities (PEM) to trust for this service."},
                {section, "region", "", slot<part, &Endpoint::region>, on_sighup, any_range,
                 "AWS region that requests are signed for, for auth = \"sigv4\". '': that of the "
                 "host in url (ID.execute-api.REGION.amazonaws.com), else jwo.region."},
                {section, "assume_role_arn", "", slot<part, &Endpoint::assume_role_arn>, on_sighup,
                 any_range,
                 "Role to assume for auth = \"sigv4\" with the credentials of aws.credentials, "
                 "instead of aws.assume_role_arn. '': requests are signed as those to Amazon."}});
}
std::vector<Field> all_fields() {
  std::vector<Field> table(std::begin(store_and_gate), std::end(store_and_gate));
  append_endpoint<&Configuration::feed>(table, "feed",
                                        "Database of the shopper feed; changes are read from "
                                        "{url}/_changes. '': the cache stays as it "
                                        "is.");
  append_endpoint<&Configuration::cloud>(table, "cloud",
                                         "The retailer's service that receives carts and payment "
                                         "records. '': they stay in the ledger.");
  table.insert(table.end(), std::begin(cloud_and_amazon), std::end(cloud_and_amazon));
  table.insert(table.end(), std::begin(amazon_keys), std::end(amazon_keys));
  return table;
}

constexpr Section all_sections[] = {
    {"store", "Which store this is, and where its state is stored."},
    {"gate", "The listener that Amazon and in-store devices call."},
    {"local", "Status, metrics and control on this machine."},
    {"feed", "Where shoppers and loyalty come from."},
    {"cloud", "Where carts and payment records go."},
    {"jwo", "Amazon's Just Walk Out services."},
    {"aws",
     "AWS credentials, for Amazon's services and for a feed or cloud with auth = \"sigv4\"."},
};

}  // namespace

std::string Field::variable() const {
  std::string name = "GATEHOUSE_" + std::string(section) + "_" + std::string(key);
  for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

std::span<const Section> sections() {
  return all_sections;
}

std::span<const Field> fields() {
  static const std::vector<Field> table = all_fields();
  return table;
}

const Field* find_field(std::string_view section, std::string_view key) {
  for (const Field& field : fields()) {
    if (field.section == section && field.key == key) return &field;
  }
  return nullptr;
}

}  // namespace gatehouse::configuration
