#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/gate/call/observer.hpp"
#include "daemon/http/server.hpp"
#include "daemon/local/facts/facts.hpp"
#include "daemon/local/parts/health.hpp"

namespace gatehouse::local {

/// Counts what happens and exposes it to Prometheus. Every series exists from the start, at zero,
/// so that a rate can be taken of the first event. Thread-safe; a count costs some tens of
/// nanoseconds, and never a lookup.
class Metrics final : public gate::Observer {
 public:
  Metrics();
  ~Metrics() override;

  void call_answered(gate::ConnectorId connector, std::size_t counted,
                     std::chrono::nanoseconds took) override;
  void request_refused(unsigned status) override;
  void cart_refused(gate::RefusedKeeping keeping, WallTime at) override;
  void cart_turned_away(unsigned status, WallTime at) override;

  /// What to give to an http::Server: counts its events under listener="…". Valid as long as this
  /// object. Call it once a listener, at the start.
  [[nodiscard]] http::Observer listener(const std::string& name);

  [[nodiscard]] GateCounts gate_counts() const;
  [[nodiscard]] CartRefusals cart_refusals() const;

  /// Everything in Prometheus' text format, version 0.0.4.
  [[nodiscard]] std::string exposition(const Facts& facts, const Health& health) const;

 private:
  struct Series;
  std::unique_ptr<Series> series_;
};

}  // namespace gatehouse::local
