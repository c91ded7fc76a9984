#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>

#include "daemon/http/exchange.hpp"
#include "daemon/local/changes/change_context.hpp"

namespace gatehouse::local {

/// A person's word about the charge of a trip: {"decision":"captured","by":"Ann"}, `by` optional.
/// It means what the same word in an answer of the cloud means (sync/desk/decision.hpp).
[[nodiscard]] boost::asio::awaitable<http::Answer> decide_by_word(ChangeContext context,
                                                                  std::string trip_id,
                                                                  std::string_view body);

/// The same of many: {"decisions":[{"tripId":"…","decision":"…","by":"…"},…],"dryRun":true}, at
/// most decisions_max of them, in one commit. Each that cannot be carried out is named with its
/// place in the list and the reason, and the rest is done.
[[nodiscard]] boost::asio::awaitable<http::Answer> decide_trips(ChangeContext context,
                                                                std::string_view body);
inline constexpr std::size_t decisions_max = 200;

}  // namespace gatehouse::local
