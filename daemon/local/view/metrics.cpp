#include "daemon/local/view/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
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

static_assert(server_events.size() == static_cast<std::size_t>(http::ServerEvent::bodies_full) + 1);

// What the cache answers takes microseconds and up to gate.ask_cloud_deadline from the cloud; a
// cart takes an fsync.
const Histogram::BucketBoundaries cache_buckets_seconds = {
    0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.005, 0.025, 0.1, 0.3, 1};
const Histogram::BucketBoundaries cart_buckets_seconds = {
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

/// Counter and histogram of one connector: gatehouse_<name>s_total and
/// gatehouse_<name>_duration_seconds. `names` are the values of the label.
template <const auto& names>
class CallSeries {
 public:
  CallSeries(prometheus::Registry& registry, const std::string& name, const std::string& label,
             const std::string& what, const Histogram::BucketBoundaries& buckets)
      : counters_(children(prometheus::BuildCounter()
                               .Name("gatehouse_" + name + "s_total")
                               .Help(what + ", by " + label + ".")
                               .Register(registry),
                           label, names)),
        seconds_(prometheus::BuildHistogram()
                     .Name("gatehouse_" + name + "_duration_seconds")
                     .Help("From a complete request to its answer.")
                     .Register(registry)
                     .Add({}, buckets)) {}

  template <class Answer>
  void count(Answer answer, std::chrono::nanoseconds took) {
    counters_.at(static_cast<std::size_t>(answer))->Increment();
    seconds_.Observe(seconds(took));
  }
  [[nodiscard]] auto counts() const { return local::counts(names, counters_); }

 private:
  std::array<Counter*, names.size()> counters_;
  Histogram& seconds_;
};

}  // namespace

// Every child is resolved once: on the gate thread a count is one atomic addition.
struct Metrics::Series {
  prometheus::Registry registry;
  Family<Counter>& listener_events = prometheus::BuildCounter()
                                         .Name("gatehouse_listener_events_total")
                                         .Help("What the HTTP listeners decided by themselves.")
                                         .Register(registry);
  CallSeries<gate::scan_outcome_names> scans{registry, "scan", "outcome", "Identity scans",
                                             cache_buckets_seconds};
  CallSeries<gate::scan_outcome_names> identity_keys{registry, "identity_key", "outcome",
                                                     "Identity keys", cache_buckets_seconds};
  CallSeries<gate::details_answer_names> details{
      registry, "scan_detail", "answer", "Questions for scan details", cache_buckets_seconds};
  CallSeries<gate::authorization_answer_names> authorizations{
      registry, "shopper_authorization", "answer", "Shopper authorizations", cache_buckets_seconds};
  CallSeries<gate::cart_answer_names> carts{registry, "cart", "answer",
                                            "Carts, recorded ones on disk", cart_buckets_seconds};
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
};

Metrics::Metrics() : series_(std::make_unique<Series>()) {}
Metrics::~Metrics() = default;

void Metrics::scan_answered(gate::ScanOutcome outcome, std::chrono::nanoseconds took) {
  series_->scans.count(outcome, took);
}

void Metrics::identity_answered(gate::ScanOutcome outcome, std::chrono::nanoseconds took) {
  series_->identity_keys.count(outcome, took);
}

void Metrics::details_answered(gate::DetailsAnswer answer, std::chrono::nanoseconds took) {
  series_->details.count(answer, took);
}

void Metrics::authorization_answered(gate::AuthorizationAnswer answer,
                                     std::chrono::nanoseconds took) {
  series_->authorizations.count(answer, took);
}

void Metrics::cart_answered(gate::CartAnswer answer, std::chrono::nanoseconds took) {
  series_->carts.count(answer, took);
}

void Metrics::request_refused(unsigned status) {
  std::size_t i = 0;
  while (refusal_reasons[i].first != status && refusal_reasons[i].first != 0) ++i;
  series_->refusals[i]->Increment();
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
  return {.scans = series_->scans.counts(),
          .identity_keys = series_->identity_keys.counts(),
          .scan_details = series_->details.counts(),
          .shopper_authorizations = series_->authorizations.counts(),
          .carts = series_->carts.counts()};
}

std::string Metrics::exposition(const Facts& facts, const std::vector<Warning>& warnings) const {
  auto families = series_->registry.Collect();
  for (auto& family : fact_metrics(facts, warnings)) families.push_back(std::move(family));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace gatehouse::local
