#include "daemon/gate/connector/refused_carts.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <utility>

#include "daemon/gate/decision/cart_fingerprint.hpp"
#include "daemon/gate/request/document.hpp"
#include "daemon/gate/request/masked_digits.hpp"
#include "daemon/log/log.hpp"
#include "daemon/log/log_limit.hpp"
#include "store/ledger/ledger_thread.hpp"

namespace gatehouse::gate {

class CartConnector;

namespace {

std::string_view text_in(const simdjson::dom::object& object, std::string_view name) {
  std::string_view text;
  return object.at_key(name).get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

/// What the self-test sends (daemon/selftest/sample.cpp): one of its cases is without the trip, and
/// one has another device. A cart that has these words elsewhere is anybody's.
bool is_of_selftest(const DocumentParser& parser) {
  const auto& cart = parser.last();
  return cart && (text_in(*cart, "idempotentShoppingTripId").starts_with("5e1f7e57-") ||
                  text_in(*cart, "shopperDeviceId") == "gatehouse-selftest");
}

std::string text_of(const ShortText& text) {
  std::string shown = text.shown();
  return shown == "-" ? "" : shown;
}

/// What is said of one that is not kept.
struct Note {
  std::string trip_id;
  std::string reason;
  std::size_t bytes = 0;
};

RefusedKeeping keeping_of(const Result<store::RefusedOutcome>& result) {
  if (!result) return RefusedKeeping::failed;
  switch (*result) {
    case store::RefusedOutcome::kept:
      return RefusedKeeping::kept;
    case store::RefusedOutcome::repeated:
      return RefusedKeeping::repeated;
    case store::RefusedOutcome::full:
      return RefusedKeeping::full;
    case store::RefusedOutcome::caller_full:
      break;
  }
  return RefusedKeeping::caller_full;
}

std::string why_not(RefusedKeeping keeping, const Result<store::RefusedOutcome>& result) {
  switch (keeping) {
    case RefusedKeeping::full:
      return "10,000 of them, or 64 MiB, are kept already";
    case RefusedKeeping::caller_full:
      return "half of what can be kept is of this caller already";
    case RefusedKeeping::too_many:
      return "too many of them at a time";
    default:
      return result ? "" : result.error().message;
  }
}

/// One that waits to be kept.
struct Waiting {
  Note note;
  std::string body;
  std::string request_id;
  std::string caller;
  WallTime at;
};

/// On the ledger thread: a body may be large, and the gate must not wait for its digests.
store::NewRefusedCart refused_cart(const Waiting& waiting) {
  store::NewRefusedCart cart{.trip_id = waiting.note.trip_id,
                             .reason = waiting.note.reason,
                             .caller = waiting.caller,
                             .body = with_masked_card_numbers(waiting.body),
                             .received_at = waiting.at};
  // Of the masked bytes: a digest of the others would tell a card number by trying all of them.
  cart.fingerprint = cart_fingerprint(cart.body, waiting.request_id);
  return cart;
}

}  // namespace

class RefusedCarts::State : public std::enable_shared_from_this<State> {
 public:
  explicit State(const CallContext& context) : context_(context) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    for (const Waiting& each : waiting_) {
      settle(each.note, RefusedKeeping::failed, failure(Remedy::retry, "gatehoused stopped"));
    }
  }

  void keep(Waiting waiting) {
    const std::size_t bytes = waiting.note.bytes;
    if (waiting_.size() + submitted_ >= waiting_max || bytes_ + bytes > waiting_max_bytes) {
      return settle(waiting.note, RefusedKeeping::too_many, failure(Remedy::retry, ""));
    }
    bytes_ += bytes;
    waiting_.push_back(std::move(waiting));
    submit();
  }
  [[nodiscard]] const CallContext& context() const { return context_; }

 private:
  void submit() {
    while (submitted_ < submitted_max && !waiting_.empty()) {
      const auto next = std::make_shared<const Waiting>(std::move(waiting_.front()));
      waiting_.pop_front();
      ++submitted_;
      std::move_only_function<Result<store::RefusedOutcome>(store::Ledger&)> work =
          [next](store::Ledger& ledger) { return ledger.keep_refused(refused_cart(*next)); };
      std::move_only_function<void(Result<store::RefusedOutcome>)> done =
          [weak = weak_from_this(), executor = context_.loop.get_executor(),
           next](Result<store::RefusedOutcome> result) {
            boost::asio::post(executor, [weak, next, result = std::move(result)] {
              if (const auto state = weak.lock()) state->ended(next->note, result);
            });
          };
      if (context_.ledger.submit<store::RefusedOutcome>(std::move(work), std::move(done))) continue;
      --submitted_;
      if (submitted_ > 0) return waiting_.push_front(*next);  // it goes on once one of those ends
      bytes_ -= next->note.bytes;
      settle(next->note, RefusedKeeping::failed,
             failure(Remedy::retry, "the ledger has too much work waiting"));
    }
  }
  void ended(const Note& note, const Result<store::RefusedOutcome>& result) {
    --submitted_;
    bytes_ -= note.bytes;
    settle(note, keeping_of(result), result);
    submit();
  }
  void settle(const Note& note, RefusedKeeping keeping,
              const Result<store::RefusedOutcome>& result) {
    context_.observer.cart_refused(keeping, context_.clock.wall());
    if (keeping == RefusedKeeping::kept || keeping == RefusedKeeping::repeated) return;
    if (const auto suppressed = log_limit_.pass(context_.clock.steady())) {
      log::error("{}: a cart that was answered 400 could not be kept, trip {}: {}: {}{}",
                 path_of<CartConnector>, note.trip_id.empty() ? "-" : note.trip_id,
                 why_not(keeping, result), note.reason, log::suppressed_note(*suppressed));
    }
  }

  const CallContext& context_;
  log::LogLimit log_limit_;
  std::deque<Waiting> waiting_;
  std::size_t submitted_ = 0;
  std::size_t bytes_ = 0;  ///< of both
};

RefusedCarts::RefusedCarts(const CallContext& context) : state_(std::make_shared<State>(context)) {}

void RefusedCarts::keep(const Call& call, std::string_view reason) {
  const CallContext& context = state_->context();
  if (call.body.empty() || is_of_selftest(context.parser)) return;
  const CallIds ids = call_ids(context.parser);
  state_->keep({.note = {text_of(ids.trip_id), with_masked_card_numbers(reason), call.body.size()},
                .body = std::string(call.body),
                .request_id = text_of(ids.request_id),
                .caller = std::string(call.caller),
                .at = context.clock.wall()});
}

}  // namespace gatehouse::gate
