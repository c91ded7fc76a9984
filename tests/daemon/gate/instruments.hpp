#pragma once

#include <string>
#include <utility>
#include <vector>

#include "store/cache/cache.hpp"

namespace gatehouse::gate {

inline store::Instrument instrument_with(store::InstrumentDecision decision) {
  store::Instrument instrument;
  instrument.decision = decision;
  return instrument;
}
inline store::Instrument accepted_instrument() {
  return instrument_with(store::InstrumentDecision::accept);
}
inline store::Instrument denied_instrument() {
  return instrument_with(store::InstrumentDecision::deny);
}
inline store::Instrument indebted_instrument(std::int64_t cents) {
  store::Instrument instrument;
  instrument.outstanding = Money{cents, "USD"};
  return instrument;
}
inline store::Instrument adjusted_instrument(std::int64_t cents) {
  store::Instrument instrument;
  instrument.authorize = Money{cents, "USD"};
  return instrument;
}
inline store::Instrument with_risks(store::Instrument instrument, std::vector<std::string> risks) {
  instrument.risks = std::move(risks);
  return instrument;
}

}  // namespace gatehouse::gate
