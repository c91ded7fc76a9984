#include "store/ledger/delivery_key.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "store/values/sha256.hpp"
#include "store/values/text/ascii.hpp"
#include "store/values/text/hexadecimal.hpp"

namespace gatehouse::store {
namespace {

constexpr std::size_t plain_max = 128;

/// Never changed: the cloud knows a delivery by it.
std::string_view suffix_of(DeliveryKind kind) {
  switch (kind) {
    case DeliveryKind::cart:
      return "cart";
    case DeliveryKind::payment_record:
    case DeliveryKind::open_question:  // one record of a trip, in revisions
      return "payment";
    case DeliveryKind::refund:
      return "refund";
    case DeliveryKind::payment_status:
      return "payment-status";
    case DeliveryKind::refund_record:
      return "refund-record";
    case DeliveryKind::refused_cart:
      return "refused";
  }
  return "unknown";
}

bool fits_in_header(std::string_view id) {
  // Without blanks, and without what would need an escape in a quoted header value.
  const auto plain = [](char letter) {
    return is_visible(letter) && letter != '"' && letter != '\\';
  };
  return id.size() <= plain_max && std::ranges::all_of(id, plain);
}

}  // namespace

std::string delivery_key(std::string_view id, DeliveryKind kind, std::int64_t revision,
                         std::string_view series) {
  const std::string plain =
      fits_in_header(id) ? std::string(id) : "sha256-" + hexadecimal(sha256(id));
  std::string key = fmt::format("{}:{}", plain, suffix_of(kind));
  if (!series.empty()) key += fmt::format(":{}", series);
  return revision == 1 ? key : fmt::format("{}:{}", key, revision);
}

DeliveryKind kind_of_key(std::string_view key) {
  using enum DeliveryKind;
  for (const DeliveryKind kind : {cart, refund, refund_record, refused_cart}) {  // no revisions
    if (key.ends_with(fmt::format(":{}", suffix_of(kind)))) return kind;
  }
  const bool is_report = key.find(fmt::format(":{}", suffix_of(payment_status))) != key.npos;
  return is_report ? payment_status : payment_record;
}

std::string revision_series(const LedgerMark& mark) {
  constexpr std::size_t digits = 8;
  return mark.id.empty() ? "" : fmt::format("{}.{}", mark.id.substr(0, digits), mark.era);
}

}  // namespace gatehouse::store
