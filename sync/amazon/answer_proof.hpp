#pragma once

#include <string>
#include <string_view>

#include "sync/transport/transport.hpp"

// What an answer of Amazon's proves: the one table of it. docs/settlement.md has the same, word for
// word, and a test holds the two together. What stands in a body is read in payments.cpp.
namespace gatehouse::sync {

/// Where the contract puts the outcome of a call: in the status alone (capture, cancel, refund), or
/// in a documented field of the body (adjust, checkout, transactional data).
enum class Speaks { by_status, by_field };

/// What came back, as far as it proves different things.
enum class Came {
  not_sent,        ///< the request surely did not leave
  no_answer,       ///< it may have: time-out, broken line
  success,         ///< 2xx
  denied_success,  ///< 2xx, and the body says otherwise: means_done()
  elsewhere,       ///< 3xx but 303
  wrong_time,      ///< 400, 401, 403 because of the time in its signature (refusal.hpp)
  bad_keys,        ///< 4xx that is about who signed: refuses_signature()
  bad_request,     ///< 400
  not_let_in,      ///< whoever answers did not hand it on, or did nothing
  client_error,    ///< any other 4xx but 408 and 409
  anything_else,   ///< 303 (it was done), 408, 409 (not in the contract), 5xx, nonsense
};

enum class Proof {
  done,       ///< it had its effect. A capture: Amazon has accepted it ("initiated"), not more
  by_field,   ///< the documented field alone says; without it, it is unclear
  no_effect,  ///< surely none, and it is sent again
  refused,    ///< surely none, and the same would be refused again. Of a capture beside an earlier
              ///< one that may have charged it is unclear: beside_earlier_captures()
  unclear,    ///< it may have had its effect
};

/// Any status and any body are safe.
[[nodiscard]] Came what_came_back(const Reply& reply);
[[nodiscard]] Proof what_it_proves(Came came, Speaks call);

/// What Amazon refuses a call for the sake of its trip alone with, whatever the service: with or
/// without "Exception" at the end (services.md 1.4, 3).
inline constexpr std::string_view unknown_trip_name = "UnknownShoppingTrip";
inline constexpr std::string_view expired_trip_name = "ShoppingTripExpired";
/// The exception's name in an error body; '' : none, or it is longer or stranger than a name, for a
/// message of the API gateway can quote the request, its token included.
[[nodiscard]] std::string exception_name(std::string_view body);

}  // namespace gatehouse::sync
