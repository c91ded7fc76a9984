// VerifyIdentityKeys (connectors.md 3.4) and ResolveScan (4.3).
#include "daemon/selftest/sample.hpp"

namespace gatehouse::selftest {
namespace {

using nlohmann::json;

constexpr std::string_view no_one = "gatehouse-selftest-unknown-key";

struct Invalid {
  const char* number;
  const char* title;
  std::string body;
  const char* error;
};

std::vector<Invalid> invalid_forms(const Setup& setup) {
  const json good = sample_identity(setup, no_one);
  return {
      {"3.1", "Missing requestId", without(good, "", "requestId"), "requestId is missing"},
      {"3.2", "Invalid requestId Format", with(good, "/requestId", "not-a-uuid"),
       "requestId has another value"},
      {"3.3", "Missing identityKey", without(good, "", "identityKey"), "identityKey is missing"},
      {"3.4", "identityKey Exceeds 1000 Characters",
       with(good, "/identityKey", std::string(1004, 'A')), "identityKey is too long"},
      {"3.5", "identityKey Not Valid Base64", with(good, "/identityKey", "not!base64"),
       "identityKey is not Base64"},
      {"3.6", "Missing storeId", without(good, "", "storeId"), "storeId is missing"},
      {"3.7", "storeId Exceeds 255 Characters", with(good, "/storeId", too_long()),
       "storeId is too long"},
      {"3.8", "Invalid storeId", with(good, "/storeId", "gatehouse-selftest-no-such-store"),
       "storeId is not served by this gate"},
      {"3.9", "Missing authEvent", without(good, "", "authEvent"), "authEvent is missing"},
      {"3.10", "Missing authEvent.id", without(good, "/authEvent", "id"),
       "authEvent.id is missing"},
      {"3.11", "Invalid authEvent.id Format", with(good, "/authEvent/id", "not-a-uuid"),
       "authEvent.id has another value"},
      {"3.12", "Missing authEvent.timestamp", without(good, "/authEvent", "timestamp"),
       "authEvent.timestamp is missing"},
      {"3.13", "Invalid authEvent.timestamp Format",
       with(good, "/authEvent/timestamp", "22/03/2024 17:00"),
       "authEvent.timestamp has another value"},
      {"3.14", "Missing authEvent.location", without(good, "/authEvent", "location"),
       "authEvent.location is missing"},
      {"3.15", "Invalid authEvent.location Value", with(good, "/authEvent/location", "WINDOW"),
       "authEvent.location has another value"},
      {"3.16", "Invalid keyChannel Value", with(good, "/keyChannel", "TELEPATHY"),
       "keyChannel has another value"},
      {"3.17", "Empty Request Body", "", "body is empty"},
  };
}

Case identity_case(std::string number, std::string title) {
  return {Plan::identity, "identity-keys", "/v1/identity/identity-keys", std::move(number),
          std::move(title)};
}

/// A case that shows a key of the feed, or is not run for want of one.
Case entry(const Setup& setup, Case known, const std::string& key, const char* type,
           const char* option) {
  if (key.empty()) {
    known.not_run = std::string("needs a key of the feed: ") + option;
  } else {
    known.steps = {{.body = sample_identity(setup, key).dump(),
                    .status = 200,
                    .members = {{"visitorDetails", {{"type", type}}}}}};
  }
  return known;
}

Case resolve_scan(const Setup& setup) {
  Case scan{Plan::identity, "scan", "/v1/identity/scan", "1.1",
            "Shopper Entry — ACCEPT via OPTICAL Scan"};
  if (setup.known_key.empty()) {
    scan.not_run = "needs a key of the feed: --known-key";
  } else {
    scan.steps = {{.body = sample_scan(setup, setup.known_key).dump(),
                   .status = 200,
                   .members = {{"type", "SHOPPER"}, {"action", "ACCEPT"}}}};
  }
  return scan;
}

}  // namespace

std::vector<Case> identity_cases(const Setup& setup) {
  std::vector<Case> cases;
  cases.push_back(entry(setup, identity_case("1.1", "Shopper Entry — Valid Identity Key"),
                        setup.known_key, "SHOPPER", "--known-key"));
  cases.push_back(entry(setup, identity_case("1.2", "Associate Entry"), setup.associate_key,
                        "ASSOCIATE", "--associate-key"));
  cases.push_back(identity_case("2", "Unauthorized — Invalid or Unknown Key"));
  cases.back().steps = {{.body = sample_identity(setup, no_one).dump(), .status = 401}};
  for (const Invalid& invalid : invalid_forms(setup)) {
    cases.push_back(identity_case(invalid.number, invalid.title));
    cases.back().steps = {{.body = invalid.body, .status = 400, .error = invalid.error}};
  }
  cases.push_back(identity_case("4", "Rate Limiting"));
  cases.back().not_run = "would need more calls a second than gate.identity_keys_per_second";
  cases.push_back(resolve_scan(setup));
  return cases;
}

}  // namespace gatehouse::selftest
