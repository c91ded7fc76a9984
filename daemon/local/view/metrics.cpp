#include "daemon/local/view/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <atomic>
#include <utility>

#include "daemon/local/view/fact_metrics.hpp"

namespace gatehouse::local {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Histogram;

// In the order of the enumeration: the label of each.
constexpr auto server_events =
    std::to_array<const char*>({"accepted", "closed", "connection_refused", "accept_failed",
                                "header_too_large", "body_too_large", "request_timed_out",
                                "bad_request", "handler_failed", "tls_failed", "bodies_full"});
constexpr auto refusal_reasons = std::to_array<std::pair<unsigned, const char*>>(
    {{401, "401"}, {404, "404"}, {405, "405"}, {429, "429"}, {0, "other"}});

constexpr auto turned_away_statuses = std::to_array<std::string_view>({"401", "413"});

static_assert(server_events.size() == static_cast<std::size_t>(http::ServerEvent::bodies_full) + 1);

const Histogram::BucketBoundaries cache_buckets_seconds = {
    0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.005, 0.025, 0.1, 0.3, 1};
const Histogram::BucketBoundaries disk_buckets_seconds = {
    0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5};

double seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

/// Counter and histogram of one connector.
class CallSeries {
 public:
  CallSeries(prometheus::Registry& registry, const gate::CallNames& names)
      : names_(names),
        seconds_(prometheus::BuildHistogram()
                     .Name("gatehouse_" + std::string(names.metric) + "_duration_seconds")
                     .Help("From a complete request to its answer.")
                     .Register(registry)
                     .Add({}, names.pace == gate::Pace::disk ? disk_buckets_seconds
                                                             : cache_buckets_seconds)) {
    auto& family = prometheus::BuildCounter()
                       .Name("gatehouse_" + std::string(names.metric) + "s_total")
                       .Help(std::string(names.help) + ", by " + std::string(names.label) + ".")
                       .Register(registry);
    for (const std::string_view word : names.words) {
      counters_.push_back(&family.Add({{std::string(names.label), std::string(word)}}));
    }
  }

  void count(std::size_t counted, std::chrono::nanoseconds took) {
    counters_.at(counted)->Increment();
    seconds_.Observe(seconds(took));
  }
  [[nodiscard]] ConnectorCounts counts() const {
    ConnectorCounts counts{std::string(names_.status), {}};
    for (std::size_t i = 0; i < counters_.size(); ++i) {
      counts.answers.emplace_back(names_.words[i],
                                  static_cast<std::uint64_t>(counters_[i]->Value()));
    }
    return counts;
  }

 private:
  const gate::CallNames& names_;
  std::vector<Counter*> counters_;
  Histogram& seconds_;
};

/// One counter for each of these labels, at zero from the start.
template <std::size_t size>
std::array<Counter*, size> counters(prometheus::Registry& registry, const char* name,
                                    const char* help, const char* label,
                                    const std::array<std::string_view, size>& words) {
  auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  std::array<Counter*, size> made{};
  for (std::size_t i = 0; i < size; ++i) made[i] = &family.Add({{label, std::string(words[i])}});
  return made;
}

std::uint64_t value_of(const Counter* counter) {
  return static_cast<std::uint64_t>(counter->Value());
}

/// When something was last; never is min().
std::optional<WallTime> last_time(const std::atomic<WallTime>& at) {
  const WallTime time = at;
  return time == WallTime::min() ? std::nullopt : std::optional(time);
}

std::vector<CallSeries> call_series(prometheus::Registry& registry) {
  std::vector<CallSeries> series;
  for (const gate::Route& route : gate::routes) series.emplace_back(registry, route.names);
  return series;
}

}  // namespace

// Every child is resolved once: on the gate thread a count is one atomic addition.
struct Metrics::Series {
  prometheus::Registry registry;
  Family<Counter>& listener_events = prometheus::BuildCounter()
                                         .Name("gatehouse_listener_events_total")
                                         .Help("Events of the HTTP listeners.")
                                         .Register(registry);
  std::vector<CallSeries> calls = call_series(registry);  ///< in the order of gate::routes
  std::array<Counter*, refusal_reasons.size()> refusals = [this] {
    auto& family = prometheus::BuildCounter()
                       .Name("gatehouse_requests_refused_total")
                       .Help("Requests at the gate that reached no connector, by status.")
                       .Register(registry);
    std::array<Counter*, refusal_reasons.size()> resolved{};
    for (std::size_t i = 0; i < resolved.size(); ++i) {
      resolved[i] = &family.Add({{"status", refusal_reasons[i].second}});
    }
    return resolved;
  }();
  std::array<Counter*, gate::refused_keeping_words.size()> refused_carts = counters(
      registry, "gatehouse_carts_refused_total", "Carts answered 400, by what became of them.",
      "outcome", gate::refused_keeping_words);
  std::atomic<WallTime> not_kept_at = WallTime::min();
  std::array<Counter*, turned_away_statuses.size()> turned_away =
      counters(registry, "gatehouse_carts_turned_away_total",
               "Requests on the path of carts that were not received, by status.", "status",
               turned_away_statuses);
  std::atomic<WallTime> turned_away_at = WallTime::min();
};

Metrics::Metrics() : series_(std::make_unique<Series>()) {}
Metrics::~Metrics() = default;

void Metrics::call_answered(gate::ConnectorId connector, std::size_t counted,
                            std::chrono::nanoseconds took) {
  series_->calls.at(std::to_underlying(connector)).count(counted, took);
}

void Metrics::request_refused(unsigned status) {
  std::size_t i = 0;
  while (refusal_reasons[i].first != status && refusal_reasons[i].first != 0) ++i;
  series_->refusals[i]->Increment();
}

void Metrics::cart_refused(gate::RefusedKeeping keeping, WallTime at) {
  series_->refused_carts.at(static_cast<std::size_t>(keeping))->Increment();
  if (keeping != gate::RefusedKeeping::kept && keeping != gate::RefusedKeeping::repeated) {
    series_->not_kept_at = at;
  }
}

void Metrics::cart_turned_away(unsigned status, WallTime at) {
  series_->turned_away.at(status == 401 ? 0 : 1)->Increment();
  series_->turned_away_at = at;
}

CartRefusals Metrics::cart_refusals() const {
  CartRefusals refusals;
  for (std::size_t i = 0; i < series_->refused_carts.size(); ++i) {
    const std::uint64_t count = value_of(series_->refused_carts[i]);
    refusals.kept_or_not.emplace_back(gate::refused_keeping_words[i], count);
    const auto keeping = static_cast<gate::RefusedKeeping>(i);
    const bool kept =
        keeping == gate::RefusedKeeping::kept || keeping == gate::RefusedKeeping::repeated;
    if (!kept) refusals.not_kept += count;
  }
  refusals.not_kept_at = last_time(series_->not_kept_at);
  refusals.unauthorised = value_of(series_->turned_away[0]);
  refusals.too_large = value_of(series_->turned_away[1]);
  refusals.turned_away_at = last_time(series_->turned_away_at);
  return refusals;
}

http::Observer Metrics::listener(const std::string& name) {
  std::array<Counter*, server_events.size()> events{};
  for (std::size_t i = 0; i < events.size(); ++i) {
    events[i] = &series_->listener_events.Add({{"listener", name}, {"event", server_events[i]}});
  }
  return [events](http::ServerEvent event) {
    events.at(static_cast<std::size_t>(event))->Increment();
  };
}

GateCounts Metrics::gate_counts() const {
  GateCounts counts;
  for (const CallSeries& calls : series_->calls) counts.push_back(calls.counts());
  return counts;
}

std::string Metrics::exposition(const Facts& facts, const Health& health) const {
  auto families = series_->registry.Collect();
  for (auto& family : fact_metrics(facts, health)) families.push_back(std::move(family));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace gatehouse::local
