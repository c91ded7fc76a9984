#pragma once

#include <array>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/http/exchange.hpp"
#include "store/values/result.hpp"
#include "store/values/time.hpp"
#include "tests/simulator/random.hpp"

namespace gatehouse::simulator {

/// What the box depends on.
enum class Target { cloud, payments, feed, checkout };
inline constexpr std::size_t target_count = 4;
/// "cloud", "payments", "feed", "checkout".
[[nodiscard]] std::string_view target_name(Target target);
[[nodiscard]] std::optional<Target> target_named(std::string_view name);

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

/// "refuse", "http_503", "blackhole", "lost_answer".
[[nodiscard]] std::optional<OutageMode> outage_mode_named(std::string_view name);

/// What Amazon says to a call that it understands. Each endpoint knows those that can happen to it.
enum class Verdict {
  approved,
  pending,       ///< adjust
  declined,      ///< adjust; payment-status: "Rejected"
  partial,       ///< adjust: half of it is authorised
  unknown_trip,  ///< 400 UnknownShoppingTrip
  expired_trip,  ///< checkout: 400 ShoppingTripExpiredException
};

/// Shapes in which no answer is documented.
enum class Shape {
  empty_body,
  html,
  truncated_json,
  huge_body,
  error_in_200,
  wrong_content_type,
  odd_error,
  doubled_member,
  no_content,
};
/// `answer` in the wrong shape.
[[nodiscard]] http::Answer misshapen(Shape shape, http::Answer answer);

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
  std::optional<Shape> shape{};  ///< it happens, and its answer comes in this shape
  milliseconds latency{0};       ///< before anything else
  milliseconds silence{0};       ///< after it, before it is answered or the connection is hung up

  [[nodiscard]] bool is_fault() const {
    const bool late = silence > milliseconds{0};
    return instead || after || shape || late || verdict != Verdict::approved;
  }
};
[[nodiscard]] Fate draw_fate(const Faults& faults, Random& random);

/// Outages and faults by target, as the tests set them. One thread.
class Outages {
 public:
  explicit Outages(std::uint64_t seed) : random_(seed, 1ULL << 42) {}

  /// {"target":"cloud"|"payments"|"feed"|"checkout"|"all","mode":"refuse"|…,"duration_ms":5000}; a
  /// duration of 0 ends the outage. Unknown names and values are refused.
  [[nodiscard]] Result<> start(const nlohmann::ordered_json& order, SteadyTime now);
  /// {"payments":{"lost_answer":0.05,…},"cloud":{…}}: what is named replaces all faults of the
  /// target.
  [[nodiscard]] Result<> set_faults(const nlohmann::ordered_json& order);

  struct Planned {
    std::optional<Target> target;  ///< none: all of them
    SteadyTime start;
    Outage outage;
  };
  /// Besides, these are in force, each from its start on.
  void plan(std::vector<Planned> planned) { planned_ = std::move(planned); }

  [[nodiscard]] std::optional<Outage> in_force(Target target, SteadyTime now) const;
  [[nodiscard]] Fate fate(Target target);

 private:
  std::array<std::optional<Outage>, target_count> outages_;
  std::array<Faults, target_count> faults_;
  std::vector<Planned> planned_;
  Random random_;
};

}  // namespace gatehouse::simulator
