#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/values/result.hpp"
#include "store/values/time.hpp"
#include "tests/simulator/world/endpoint.hpp"

namespace gatehouse::simulator {

/// What may happen to the calls of one endpoint. Probabilities are 0..1; those "of a trip" are
/// drawn once for each trip, the others for each call. Described for users in docs/simulator.md.
struct EndpointFaults {
  std::int64_t latency_ms = 0;
  std::int64_t jitter_ms = 0;  ///< added to it, uniform

  double http_429 = 0;
  std::int64_t retry_after_s = 1;  ///< of a 429; Amazon's page says 600
  double http_500 = 0;
  double http_503 = 0;
  double http_500_after = 0;  ///< it happened, and is answered 500 all the same
  double expired_token = 0;   ///< 403 ExpiredTokenException
  double clock_skew = 0;      ///< 403 InvalidSignatureException or RequestTimeTooSkewed, by halves

  double closed_before = 0;          ///< connection closed, nothing happened
  double closed_after = 0;           ///< it happened, connection closed
  double silent_before = 0;          ///< never answered, nothing happened
  double silent_after = 0;           ///< it happened, never answered
  std::int64_t silence_ms = 60'000;  ///< after which a silent connection is closed

  double empty_body = 0;
  double html = 0;
  double truncated_json = 0;
  double huge_body = 0;       ///< 10 MB
  double error_in_200 = 0;    ///< 200 {"errorMsg":"InternalServerException"}
  double odd_error = 0;       ///< 200 with an error member that is no text
  double doubled_member = 0;  ///< 200 with two members of one name
  double no_content = 0;      ///< 204
  double wrong_content_type = 0;
  double redirect = 0;   ///< 302; nothing happened
  double proxy_4xx = 0;  ///< 400, 404 or 413 of a proxy or an API gateway; nothing happened
  double late = 0;       ///< it happened, and the answer comes late
  std::int64_t late_ms = 12'000;
  /// With which probability a call that is answered in the wrong shape had its effect.
  double wrong_shape_effect = 0.5;

  double pending = 0;  ///< of a trip; adjust
  std::int64_t pending_times = 1;
  double declined = 0;                  ///< of a trip; adjust
  double partial = 0;                   ///< of a trip; adjust: half of it is authorised
  double unknown_trip = 0;              ///< of a trip; every JWO endpoint that names one
  std::int64_t unknown_trip_calls = 1;  ///< so many calls of such a trip are answered so
  double expired_trip = 0;              ///< of a trip; checkout
  double rejected = 0;                  ///< payment-status

  bool operator==(const EndpointFaults&) const = default;
};

/// A line that is down for a while, counted from the start of the world.
struct OutageWindow {
  std::optional<Target> target;  ///< none: all of them
  milliseconds start{0};
  milliseconds duration{0};
  OutageMode mode = OutageMode::refuse;
};

/// The two documented answers to a refund (services.md 2.4).
enum class RefundAnswer { empty, reconciliation_id };

struct Scenario {
  std::optional<std::uint64_t> seed{};  ///< of the faults; none: the world's
  /// Whether Amazon knows a repeated capture is not published: by default it does not.
  bool capture_deduplicates = false;
  /// The cloud answers records of charges that wait for a person: with the truth, "charge" or
  /// "written_off".
  bool desk_decides = false;
  RefundAnswer refund_answer = RefundAnswer::empty;
  std::vector<OutageWindow> outages{};
  std::array<EndpointFaults, endpoint_count> faults{};

  [[nodiscard]] const EndpointFaults& of(Endpoint endpoint) const {
    return faults[static_cast<std::size_t>(endpoint)];
  }
};

/// Reads a scenario in TOML. The error holds every mistake, one a line, with `name`, line and key.
[[nodiscard]] Result<Scenario> parse_scenario(std::string_view text, std::string_view name);
/// The names of all that may stand in a section, for the test that holds the documentation to them.
[[nodiscard]] std::vector<std::string_view> scenario_keys();
[[nodiscard]] Result<Scenario> read_scenario(const std::filesystem::path& file);

}  // namespace gatehouse::simulator
