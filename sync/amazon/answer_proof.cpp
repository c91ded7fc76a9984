#include "sync/amazon/answer_proof.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "store/values/text/ascii.hpp"
#include "sync/transport/error_member.hpp"
#include "sync/transport/json_document.hpp"
#include "sync/transport/refusal.hpp"

namespace gatehouse::sync {
namespace {

using P = Proof;

struct Row {
  Came came;
  std::string_view name;  ///< in docs/settlement.md
  Proof by_status;        ///< capture, cancel, refund
  Proof by_field;         ///< adjust, checkout, transactional data
};

constexpr std::array table = std::to_array<Row>({
    {Came::not_sent, "the request did not leave", P::no_effect, P::no_effect},
    {Came::no_answer, "no answer", P::unclear, P::unclear},
    {Came::success, "2xx", P::done, P::by_field},
    {Came::denied_success, "2xx with an error, or a page", P::unclear, P::unclear},
    {Came::elsewhere, "3xx except 303", P::no_effect, P::no_effect},
    {Came::wrong_time, "400, 401, 403 for the time of its signature", P::no_effect, P::no_effect},
    {Came::bad_keys, "any 4xx for its signature or its keys", P::no_effect, P::no_effect},
    {Came::bad_request, "400", P::refused, P::refused},
    {Came::not_let_in, "401, 403, 404, 405, 407, 421, 425, 429, 451", P::no_effect, P::no_effect},
    {Came::client_error, "any other 4xx", P::refused, P::refused},
    {Came::anything_else, "303, 408, 409, 5xx, any other status", P::unclear, P::unclear},
});

constexpr std::array not_let_in{401, 403, 404, 405, 407, 421, 425, 429, 451};

}  // namespace

Came what_came_back(const Reply& reply) {
  if (reply.sent == Sent::no) return Came::not_sent;
  if (reply.sent == Sent::maybe) return Came::no_answer;
  const int status = reply.status;
  if (status >= 200 && status < 300) {
    return means_done(reply.body) ? Came::success : Came::denied_success;
  }
  if (status >= 300 && status < 400 && status != 303) return Came::elsewhere;
  if (is_refused_for_its_time(reply)) return Came::wrong_time;
  if (refuses_signature(reply)) return Came::bad_keys;
  if (status == 400) return Came::bad_request;
  if (std::ranges::find(not_let_in, status) != not_let_in.end()) return Came::not_let_in;
  if (status > 400 && status < 500 && status != 408 && status != 409) return Came::client_error;
  return Came::anything_else;
}

Proof what_it_proves(Came came, Speaks call) {
  const Row& row = *std::ranges::find(table, came, &Row::came);
  return call == Speaks::by_status ? row.by_status : row.by_field;
}

std::string exception_name(std::string_view body) {
  constexpr std::size_t characters_max = 60;
  const auto document = JsonDocument::read_object(body);
  // The checkout service's member for it is not published.
  auto name = document ? (*document)["errorMsg"].scalar() : std::nullopt;
  if (document && !name) name = (*document)["message"].scalar();
  const auto plain = [](char c) { return is_letter_or_digit(c) || c == ' '; };
  if (!name || name->size() > characters_max || !std::ranges::all_of(*name, plain)) return "";
  return std::string(*name);
}

}  // namespace gatehouse::sync
