#pragma once

#include <map>
#include <optional>
#include <string>

#include "sync/transport/transport.hpp"
#include "tests/model/books/books.hpp"
#include "tests/model/dice.hpp"
#include "tests/model/plan.hpp"
#include "tests/model/service.hpp"

namespace gatehouse::sync::model {

/// The retailer's payments desk: answers records with decisions, of which those that may charge are
/// the truth; in every form, about this revision, an older one or none; it says what it has said
/// to the same ledger again (to any, where it has one column), and what nobody can carry out.
class Desk {
 public:
  Desk(const Plan& plan, const Service& service, Books& books, const Clock& world)
      : plan_(plan), service_(service), books_(books), world_(world) {}

  /// The body of the cloud's answer.
  [[nodiscard]] std::string answer(const Request& record);
  /// Whether another ledger than the one that brings this cart has charged its trip, where the
  /// cloud says so and that is known for sure. What another one may have cancelled is neither.
  [[nodiscard]] std::optional<bool> is_settled_elsewhere(const Request& cart);

 private:
  /// '' : it says nothing.
  [[nodiscard]] std::string word_for(const std::string& trip_id, std::string_view status,
                                     Dice& dice) const;
  [[nodiscard]] std::string price_of(const std::string& trip_id) const;
  /// Whatever is on its way has arrived.
  [[nodiscard]] bool is_quiet(const std::string& trip_id) const;

  const Plan& plan_;
  const Service& service_;
  Books& books_;
  const Clock& world_;
  std::map<std::string, int> records_;                ///< seen so far, by trip
  std::map<std::string, int> words_;                  ///< said so far
  std::map<std::string, std::string> said_;           ///< the last one
  std::map<std::string, std::string> first_ledgers_;  ///< that brought its cart, by trip
};

}  // namespace gatehouse::sync::model
