#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::command {

/// One line of a list of decisions.
struct DecisionLine {
  std::size_t line = 0;  ///< from 1 on
  std::string trip_id{};
  std::string word{};
  std::string by{};      ///< '' : the line names nobody
  std::string amount{};  ///< of charge_confirmed: the price that passes; its word is charge then
  std::string currency{};
  std::string wrong{};  ///< why it cannot be used, ''
};

/// Reads `tripId,decision[,by]` and `tripId,charge_confirmed,by,amount,code`, one trip a line; a
/// field may be in quotes, a quote in it doubled. A first line that begins with tripId is a header;
/// blank lines and those that begin with # are passed over; CR LF and a byte order mark are taken.
/// A line that cannot be used keeps its place and says why, and the others are read all the same;
/// so is a second line of one trip.
[[nodiscard]] std::vector<DecisionLine> read_decisions(std::string_view text);

}  // namespace gatehouse::command
