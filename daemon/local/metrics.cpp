#include "daemon/local/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <utility>

#include "daemon/local/fact_metrics.hpp"

namespace gatehouse::local {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Histogram;

// In the order of the enumerations: the label of each.
constexpr auto kScanOutcomes = std::to_array<const char*>(
    {"accepted", "unknown", "blocked", "stale", "asked_cloud", "cache_failed", "invalid"});
constexpr auto kCartAnswers =
    std::to_array<const char*>({"recorded", "repeated", "differing", "invalid", "unavailable"});
constexpr auto kServerEvents = std::to_array<const char*>(
    {"accepted", "closed", "connection_refused", "accept_failed", "header_too_large",
     "body_too_large", "request_timed_out", "bad_request", "handler_failed", "tls_failed"});
constexpr auto kRefusals = std::to_array<std::pair<unsigned, const char*>>(
    {{401, "401"}, {404, "404"}, {405, "405"}, {0, "other"}});

static_assert(kScanOutcomes.size() == static_cast<std::size_t>(gate::ScanOutcome::invalid) + 1);
static_assert(kCartAnswers.size() == static_cast<std::size_t>(gate::CartAnswer::unavailable) + 1);
static_assert(kServerEvents.size() == static_cast<std::size_t>(http::ServerEvent::tls_failed) + 1);

// A scan takes microseconds from the cache and up to gate.ask_cloud_deadline from the cloud; a cart
// takes an fsync.
const Histogram::BucketBoundaries kScanBuckets_seconds = {
    0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.005, 0.025, 0.1, 0.3, 1};
const Histogram::BucketBoundaries kCartBuckets_seconds = {
    0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5};

double seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

template <std::size_t N>
std::array<Counter*, N> children(Family<Counter>& family, const std::string& label,
                                 const std::array<const char*, N>& values) {
  std::array<Counter*, N> resolved{};
  for (std::size_t i = 0; i < N; ++i) resolved[i] = &family.Add({{label, values[i]}});
  return resolved;
}

template <std::size_t N>
std::vector<std::pair<std::string, std::uint64_t>> counts(const std::array<const char*, N>& names,
                                                          const std::array<Counter*, N>& counters) {
  std::vector<std::pair<std::string, std::uint64_t>> out;
  for (std::size_t i = 0; i < N; ++i) {
    out.emplace_back(names[i], static_cast<std::uint64_t>(counters[i]->Value()));
  }
  return out;
}

}  // namespace

// Every child is resolved once: on the gate thread a count is one atomic addition.
struct Metrics::Series {
  prometheus::Registry registry;
  Family<Counter>& listener_events = prometheus::BuildCounter()
                                         .Name("gatehouse_listener_events_total")
                                         .Help("What the HTTP listeners decided by themselves.")
                                         .Register(registry);
  std::array<Counter*, kScanOutcomes.size()> scans =
      children(prometheus::BuildCounter()
                   .Name("gatehouse_scans_total")
                   .Help("Identity scans answered, by outcome.")
                   .Register(registry),
               "outcome", kScanOutcomes);
  std::array<Counter*, kCartAnswers.size()> carts =
      children(prometheus::BuildCounter()
                   .Name("gatehouse_carts_total")
                   .Help("Carts answered, by answer; recorded ones are on disk.")
                   .Register(registry),
               "answer", kCartAnswers);
  Histogram& scan_seconds = prometheus::BuildHistogram()
                                .Name("gatehouse_scan_duration_seconds")
                                .Help("From a complete scan request to its answer.")
                                .Register(registry)
                                .Add({}, kScanBuckets_seconds);
  Histogram& cart_seconds = prometheus::BuildHistogram()
                                .Name("gatehouse_cart_duration_seconds")
                                .Help("From a complete cart request to its answer, with its fsync.")
                                .Register(registry)
                                .Add({}, kCartBuckets_seconds);
  std::array<Counter*, kRefusals.size()> refusals = [this] {
    auto& family = prometheus::BuildCounter()
                       .Name("gatehouse_requests_refused_total")
                       .Help("Requests at the gate that reached no connector, by status.")
                       .Register(registry);
    std::array<Counter*, kRefusals.size()> resolved{};
    for (std::size_t i = 0; i < resolved.size(); ++i) {
      resolved[i] = &family.Add({{"status", kRefusals[i].second}});
    }
    return resolved;
  }();
};

Metrics::Metrics() : series_(std::make_unique<Series>()) {}
Metrics::~Metrics() = default;

void Metrics::scan_answered(gate::ScanOutcome outcome, std::chrono::nanoseconds took) {
  series_->scans.at(static_cast<std::size_t>(outcome))->Increment();
  series_->scan_seconds.Observe(seconds(took));
}

void Metrics::cart_answered(gate::CartAnswer answer, std::chrono::nanoseconds took) {
  series_->carts.at(static_cast<std::size_t>(answer))->Increment();
  series_->cart_seconds.Observe(seconds(took));
}

void Metrics::request_refused(unsigned status) {
  std::size_t i = 0;
  while (kRefusals[i].first != status && kRefusals[i].first != 0) ++i;
  series_->refusals[i]->Increment();
}

http::Observer Metrics::listener(const std::string& name) {
  std::array<Counter*, kServerEvents.size()> events{};
  for (std::size_t i = 0; i < events.size(); ++i) {
    events[i] = &series_->listener_events.Add({{"listener", name}, {"event", kServerEvents[i]}});
  }
  return [events](http::ServerEvent event) {
    events.at(static_cast<std::size_t>(event))->Increment();
  };
}

GateCounts Metrics::gate_counts() const {
  return {counts(kScanOutcomes, series_->scans), counts(kCartAnswers, series_->carts)};
}

std::string Metrics::exposition(const Facts& facts, const std::vector<Warning>& warnings) const {
  auto families = series_->registry.Collect();
  for (auto& family : fact_metrics(facts, warnings)) families.push_back(std::move(family));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace gatehouse::local
