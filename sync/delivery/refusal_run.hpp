#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gatehouse::sync {

/// Tells the refusal of a record from a destination that refuses whatever comes (a release gone
/// wrong, a schema that nobody fulfils): after `believed_max` different records in a row, without
/// one success between, no further refusal is believed until one record succeeds. So a bad quarter
/// of an hour costs a person a few records, and not the day's. A state machine without clock or
/// I/O.
class RefusalRun {
 public:
  static constexpr std::size_t believed_max = 10;

  /// Takes note of a refusal. A record that was believed in this run is believed again.
  [[nodiscard]] bool believes(std::int64_t record);
  void succeeded() { records_.clear(); }

 private:
  std::vector<std::int64_t> records_;  ///< those believed since the last success
};

}  // namespace gatehouse::sync
