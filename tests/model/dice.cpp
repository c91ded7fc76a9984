#include "tests/model/dice.hpp"

namespace gatehouse::sync::model {

Dice::Dice(std::uint64_t seed, std::string_view purpose) : state_(seed * 0x9E3779B97F4A7C15ULL) {
  for (const char letter : purpose)
    state_ = (state_ ^ static_cast<unsigned char>(letter)) * 0x100000001B3ULL;
  (void)next();
}

/// splitmix64.
std::uint64_t Dice::next() {
  state_ += 0x9E3779B97F4A7C15ULL;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
  return mixed ^ (mixed >> 31);
}

double Dice::chance() {
  return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

std::size_t Dice::below(std::size_t end) {
  return static_cast<std::size_t>(chance() * static_cast<double>(end));
}

milliseconds Dice::up_to(milliseconds most) {
  return milliseconds{static_cast<milliseconds::rep>(chance() * static_cast<double>(most.count()))};
}

}  // namespace gatehouse::sync::model
