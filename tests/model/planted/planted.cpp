#include "tests/model/planted/planted.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "tests/model/call_kind.hpp"
#include "tests/model/planted/misreader.hpp"
#include "tests/model/turn.hpp"
#include "tests/sync/simulation/cloud.hpp"

namespace gatehouse::sync::model {
namespace {

using namespace std::chrono_literals;

/// Says that work is on disk, and hands it over afterwards.
class HastyPort final : public LedgerPort {
 public:
  HastyPort(LedgerPort& port, simulation::Schedule& schedule) : port_(port), schedule_(schedule) {}

  void commit(Work work, Done done) override {
    const auto shared = std::make_shared<Done>(std::move(done));
    schedule_.after(1ms, [shared, alive = std::weak_ptr(alive_)] {
      if (!alive.expired()) (*shared)({});
    });
    port_.commit(std::move(work), [](Result<>) {});
  }

 private:
  LedgerPort& port_;
  simulation::Schedule& schedule_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

/// Says to an adjust what Amazon alone may say, once the box's clock is past the window.
class ClockReader final : public Transport {
 public:
  ClockReader(Transport& wire, const Clock& clock)
      : wire_(wire), clock_(clock), began_(clock.wall()) {}

  std::uint64_t start(Request request, Done done) override {
    const bool late = clock_.wall() > began_ + 46h;
    if (!late || kind_of(request) != Kind::adjust) {
      return wire_.start(std::move(request), std::move(done));
    }
    request.url = "https://payments.test/v1/payment/transactional-data";
    return wire_.start(std::move(request), [finish = std::move(done)](const Reply&) {
      finish(simulation::answer(400, R"({"errorMsg":"ShoppingTripExpiredException"})"));
    });
  }
  void cancel(std::uint64_t id) override { wire_.cancel(id); }

 private:
  Transport& wire_;
  const Clock& clock_;
  WallTime began_;
};

/// Reports a debt for each capture that had no clear answer.
class HastyReporter final : public Transport {
 public:
  explicit HastyReporter(Transport& wire) : wire_(wire) {}

  std::uint64_t start(Request request, Done done) override {
    if (kind_of(request) != Kind::capture) return wire_.start(std::move(request), std::move(done));
    Request report = request;
    report.url = "https://payments.test/v1/feedback/payment-status";
    report.body = fmt::format(
        R"({{"storeId":"{}","shoppingTripId":"{}","settledAmount":{{"amount":0.00,"code":"USD"}}}})",
        between(request.body, R"("storeId":")", "\""), trip_of(request));
    return wire_.start(std::move(request),
                       [this, report, finish = std::move(done)](const Reply& reply) {
                         if (told_by(reply) == Told::unclear)
                           wire_.start(report, [](const Reply&) {});
                         finish(reply);
                       });
  }
  void cancel(std::uint64_t id) override { wire_.cancel(id); }

 private:
  Transport& wire_;
};

void forget_revision(Request& request) {
  for (auto& [name, value] : request.headers) {
    const auto last = value.rfind(":payment:");
    if (name == "Idempotency-Key" && last != std::string::npos) value.resize(last + 8);
  }
}

}  // namespace

Planted success_taken_for_failure() {
  return misread([](const Request& request, Reply& reply) {
    const bool success = reply.status >= 200 && reply.status < 300;
    if (kind_of(request) == Kind::capture && success) reply = simulation::answer(404);
  });
}

Planted intent_after_the_call() {
  return {.port = [](LedgerPort& port, simulation::Schedule& schedule) {
    return std::make_unique<HastyPort>(port, schedule);
  }};
}

Planted witness_after_the_call() {
  return {.witness_late = 1s};
}

Planted key_without_revision() {
  return changed(forget_revision);
}

Planted error_taken_for_absence() {
  return misread([](const Request& request, Reply& reply) {
    if (kind_of(request) == Kind::look && reply.status != 200) {
      reply = simulation::answer(200, R"({"brand":"VISA"})");
    }
  });
}

Planted another_ledgers_price_charged() {
  return misread([](const Request& request, Reply& reply) {
    const auto named = between(reply.body, R"("ledger":")", "\"");
    if (kind_of(request) != Kind::cart || named.empty()) return;
    const auto ours = simulation::Cloud::header(request, "Gatehouse-Ledger");
    reply.body.replace(reply.body.find(named), named.size(), ours);
  });
}

Planted wall_clock_in_a_final_state() {
  return {.transport = [](Transport& wire, const Clock& clock) {
    return std::make_unique<ClockReader>(wire, clock);
  }};
}

Planted unclear_reported_as_debt() {
  return {.transport = [](Transport& wire, const Clock&) {
    return std::make_unique<HastyReporter>(wire);
  }};
}

}  // namespace gatehouse::sync::model
