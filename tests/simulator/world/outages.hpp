#pragma once

#include <array>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

#include "daemon/http/exchange.hpp"
#include "store/result.hpp"
#include "store/time.hpp"
#include "tests/simulator/random.hpp"

namespace gatehouse::simulator {

/// What the box depends on.
enum class Target { cloud, payments, feed };
inline constexpr std::size_t target_count = 3;

enum class OutageMode {
  refuse,       ///< the connection is closed without an answer
  http_503,     ///< answered 503
  blackhole,    ///< no answer before the outage ends, and then the connection is closed
  lost_answer,  ///< what was asked for happens, and the connection is closed without an answer
};

struct Outage {
  OutageMode mode = OutageMode::refuse;
  SteadyTime until{};
};

/// What the issuer says to an adjust.
enum class Verdict { approved, pending, declined };

/// Probabilities of what may happen to one request, 0..1.
struct Faults {
  double http_429 = 0;
  double http_500_before = 0;  ///< answered 500, and nothing happened
  double http_500_after = 0;   ///< answered 500 though it happened
  double lost_answer = 0;      ///< closed without an answer though it happened
  double pending = 0;          ///< payments, adjust only
  double declined = 0;         ///< payments, adjust only
  int retry_after_s = 1;       ///< of a 429; Amazon's page says 600
};

/// The fate of one request, drawn once when it arrives.
struct Fate {
  std::optional<http::Answer> instead;  ///< answered so, and nothing happens
  std::optional<http::Answer> after;    ///< it happens, and is answered so
  Verdict verdict = Verdict::approved;
};
[[nodiscard]] Fate draw_fate(const Faults& faults, Random& random);

/// Outages and faults by target, as the tests set them. One thread.
class Outages {
 public:
  explicit Outages(std::uint64_t seed) : random_(seed, 1ULL << 42) {}

  /// {"target":"cloud"|"payments"|"feed"|"all","mode":"refuse"|…,"duration_ms":5000}; a duration of
  /// 0 ends the outage. Unknown names and values are refused.
  [[nodiscard]] Result<> start(const nlohmann::ordered_json& order, SteadyTime now);
  /// {"payments":{"lost_answer":0.05,…},"cloud":{…}}: what is named replaces all faults of the
  /// target.
  [[nodiscard]] Result<> set_faults(const nlohmann::ordered_json& order);

  [[nodiscard]] std::optional<Outage> in_force(Target target, SteadyTime now) const;
  [[nodiscard]] Fate fate(Target target);

 private:
  std::array<std::optional<Outage>, target_count> outages_;
  std::array<Faults, target_count> faults_;
  Random random_;
};

}  // namespace gatehouse::simulator
