// Faults about who is told and whose word counts, and about amounts.
#include <fmt/format.h>

#include <chrono>
#include <map>
#include <string>
#include <utility>

#include "tests/model/books/books.hpp"
#include "tests/model/call_kind.hpp"
#include "tests/model/planted/misreader.hpp"
#include "tests/model/planted/planted.hpp"
#include "tests/sync/simulation/network.hpp"

namespace gatehouse::sync::model {
namespace {

using namespace std::chrono_literals;

/// Hides what is shown of a trip until a capture of it has left.
class Unmeasured final : public Transport {
 public:
  explicit Unmeasured(Transport& wire) : wire_(wire) {}

  std::uint64_t start(Request request, Done done) override {
    const auto trip_id = trip_of(request);
    if (kind_of(request) == Kind::capture) captured_[trip_id] = true;
    if (kind_of(request) != Kind::look || captured_[trip_id]) {
      return wire_.start(std::move(request), std::move(done));
    }
    return wire_.start(std::move(request), [finish = std::move(done)](Reply reply) {
      const auto id = between(reply.body, R"("reconciliationId":")", "\"");
      if (!id.empty()) reply.body.erase(reply.body.find(id), id.size());
      finish(std::move(reply));
    });
  }
  void cancel(std::uint64_t id) override { wire_.cancel(id); }

 private:
  Transport& wire_;
  std::map<std::string, bool> captured_;
};

/// Another cart each time.
class CartChanger final : public Transport {
 public:
  explicit CartChanger(Transport& wire) : wire_(wire) {}

  std::uint64_t start(Request request, Done done) override {
    if (kind_of(request) == Kind::checkout && ++calls_[trip_of(request)] > 1) {
      const std::string product = "p-1";
      request.body.replace(request.body.find(product), product.size(), "p-2");
    }
    return wire_.start(std::move(request), std::move(done));
  }
  void cancel(std::uint64_t id) override { wire_.cancel(id); }

 private:
  Transport& wire_;
  std::map<std::string, int> calls_;
};

/// One queue for all: what is not taken comes first.
class OneQueue final : public Transport {
 public:
  explicit OneQueue(Transport& wire) : wire_(wire) {}

  std::uint64_t start(Request request, Done done) override {
    if (request.signing) return wire_.start(std::move(request), std::move(done));
    const auto trip_id = trip_of(request);
    if (!head_.empty() && head_ != trip_id) {
      // Something has to come back later: a look, which changes nothing.
      request.url = "https://payments.test/v1/payment/transactional-data";
      request.signing.emplace();
      request.body = fmt::format(R"({{"storeId":"STORE-001","shoppingTripId":"{}"}})", trip_id);
      return wire_.start(std::move(request), [finish = std::move(done)](const Reply&) {
        finish(simulation::not_sent());
      });
    }
    return wire_.start(std::move(request), [this, trip_id, finish = std::move(done)](Reply reply) {
      head_ = reply.status / 100 == 2 ? "" : trip_id;
      finish(std::move(reply));
    });
  }
  void cancel(std::uint64_t id) override { wire_.cancel(id); }

 private:
  Transport& wire_;
  std::string head_;
};

template <class T>
Planted between_box_and_world() {
  return {.transport = [](Transport& wire, const Clock&) { return std::make_unique<T>(wire); }};
}

}  // namespace

Planted desk_told_late() {
  return {.options = [](simulation::BoxOptions& options) { options.desk_minute = 1h; }};
}

Planted lost_history_asked_about() {
  return {.options = [](simulation::BoxOptions& options) {
    options.jwo.unvouched = UnvouchedRule::ask;
  }};
}

Planted held_without_a_warning() {
  return {.counted = [](store::LedgerCounts& counts) {
    counts.held = 0;
    counts.captures_unclear = 0;
  }};
}

Planted limits_not_looked_at() {
  return {.options = [](simulation::BoxOptions& options) { options.jwo.charge_limit = {}; }};
}

Planted part_taken_for_the_whole() {
  return misread([](const Request& request, Reply& reply) {
    if (kind_of(request) != Kind::adjust || reply.body.find("APPROVED") == std::string::npos) {
      return;
    }
    reply.body = fmt::format(R"({{"status":"APPROVED","authorizedAmount":{{{}}}}})",
                             between(request.body, R"("amount":{)", "}"));
  });
}

Planted word_taken_for_the_newest() {
  return misread([](const Request& request, Reply& reply) {
    const auto at = reply.body.find(R"(,"revision":)");
    if (kind_of(request) != Kind::record || at == std::string::npos) return;
    reply.body.resize(at);
    reply.body += fmt::format(R"(,"revision":{}}})", revision_of(request.body));
  });
}

Planted word_about_nothing_believed() {
  return misread([](const Request& request, Reply& reply) {
    const bool says = reply.body.starts_with(R"({"decision":")") && reply.body.ends_with('}');
    const bool names_one = reply.body.find(R"("revision":)") != std::string::npos;
    if (kind_of(request) != Kind::record || !says || names_one) return;
    reply.body.pop_back();
    reply.body += fmt::format(R"(,"revision":{}}})", revision_of(request.body));
  });
}

Planted elsewhere_denied() {
  return misread([](const Request& request, Reply& reply) {
    const std::string said = R"("settledElsewhere":true)";
    const auto at = reply.body.find(said);
    if (kind_of(request) == Kind::cart && at != std::string::npos) {
      reply.body.replace(at, said.size(), R"("settledElsewhere":false)");
    }
  });
}

Planted refund_that_nobody_wrote_down() {
  return changed([](Request& request) {
    const std::string name = R"("refundRequestId":")";
    const auto at = request.body.find(name);
    if (kind_of(request) == Kind::refund && at != std::string::npos) {
      request.body.insert(at + name.size(), "x");
    }
  });
}

Planted refund_of_another_amount() {
  return changed([](Request& request) {
    if (kind_of(request) != Kind::refund) return;
    const auto money = money_of(request.body, "amount");
    const auto amount = money.substr(0, money.find(' '));
    const auto currency = money.substr(money.find(' ') + 1);
    const auto minor = minor_of(money);
    if (minor < 2) return;
    const auto less = format_amount({.minor = minor - 1, .currency = currency});
    request.body.replace(request.body.find(amount), amount.size(), less);
  });
}

Planted evidence_not_measured() {
  return between_box_and_world<Unmeasured>();
}

Planted another_cart_checked_out() {
  return between_box_and_world<CartChanger>();
}

Planted record_that_blocks_all() {
  return between_box_and_world<OneQueue>();
}

}  // namespace gatehouse::sync::model
