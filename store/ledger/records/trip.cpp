#include "store/ledger/records/trip.hpp"

namespace gatehouse::store {

// No default: a new enumerator without its text is a warning, and so an error.

std::string_view to_text(Entry entry) {
  switch (entry) {
    case Entry::card:
      return "card";
    case Entry::app:
      return "app";
  }
  return "unknown";
}

std::string_view to_text(CartOutcome outcome) {
  switch (outcome) {
    case CartOutcome::recorded:
      return "recorded";
    case CartOutcome::repeated:
      return "repeated";
    case CartOutcome::differing:
      return "differing";
  }
  return "unknown";
}

}  // namespace gatehouse::store
