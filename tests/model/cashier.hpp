#pragma once

#include <map>
#include <string>

#include "tests/model/books/books.hpp"
#include "tests/model/plan.hpp"
#include "tests/model/service.hpp"
#include "tests/sync/simulation/box.hpp"

namespace gatehouse::sync::model {

/// Who gives money back, and in some stores says what became of a refund that Amazon does not end:
/// what the processor's reports say then, which is never wrong and may be too early. Asks now and
/// then for more than there is left, for the ledger to refuse; not where a history may be lost.
class Cashier {
 public:
  Cashier(const Plan& plan, const Service& service, Books& books)
      : plan_(plan), service_(service), books_(books) {}

  /// Ends, retries or leaves each refund of a trip that has not ended.
  void decide(simulation::Box& box, const std::string& trip_id, BoxRole role);
  void refund(simulation::Box& box, const store::Settlement& settlement);

 private:
  void decide(simulation::Box& box, const store::Refund& refund, const store::Delivery& delivery,
              BoxRole role);
  [[nodiscard]] bool is_quiet(const std::string& trip_id, SteadyTime now) const;
  [[nodiscard]] std::int64_t amount_of_next(const std::string& request_id, std::int64_t captured,
                                            std::int64_t left) const;

  const Plan& plan_;
  const Service& service_;
  Books& books_;
  std::map<std::string, int> refunds_;  ///< asked for, by trip
  std::map<std::string, int> looks_;    ///< at a refund, by its request id
};

/// Nothing more is to be done about it: what was withdrawn counts until that is said again.
[[nodiscard]] bool has_ended(const store::Delivery& delivery);

}  // namespace gatehouse::sync::model
