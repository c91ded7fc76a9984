#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "daemon/gate/request/call_ids.hpp"
#include "daemon/gate/request/field_error.hpp"
#include "daemon/http/answer.hpp"
#include "store/ledger/ledger.hpp"
#include "store/ledger/records/trip.hpp"
#include "store/values/result.hpp"
#include "store/values/time.hpp"

namespace gatehouse::gate {

struct CallContext;
class DocumentParser;

/// One call, as far as a connector looks at it. The views live until it has been answered.
struct Call {
  std::string_view body;
  std::string_view caller;  ///< the IP address; '' on unix sockets
  SteadyTime began;
};

/// The place of an answer in its connector's words (CallNames). Made of the enumeration that they
/// are of.
class Counted {
 public:
  template <class Answer>
    requires std::is_enum_v<Answer>
  Counted(Answer answer) : place_(static_cast<std::size_t>(answer)) {}
  [[nodiscard]] std::size_t place() const { return place_; }

 private:
  std::size_t place_;
};

/// The cloud is asked with the same request, and its answer is passed on where it fits.
struct CloudQuestion {
  bool (*fits)(DocumentParser& parser, std::string_view body);
  Counted counted;  ///< then
};

struct Resolution;

/// A cart has to be on disk before the call is answered.
struct Recording {
  std::move_only_function<Result<store::CartReceipt>(store::Ledger&)> work;
  /// What its end means. An error: it is not on disk, or was not in time and may be yet.
  std::move_only_function<Resolution(const Result<store::CartReceipt>&, const CallIds&)> finish;
};

/// What a connector makes of a call by itself, at once.
struct Resolution {
  /// nullopt: the call was not looked at, and counts as refused.
  std::optional<Counted> counted;
  /// Final, unless there is something to wait for; then it counts if the cloud says nothing that
  /// fits.
  http::Answer answer;
  std::string reason = {};  ///< for the log, in place of the word for what is counted
  std::optional<CloudQuestion> question = {};
  std::optional<Recording> recording = {};
};

/// 400, for what a parser or StoreIdCheck found.
[[nodiscard]] Resolution bad_request(Counted invalid, const FieldError& error);

/// What Amazon calls on one path. All the rest of a call is in answer_call.hpp, once. One of a kind
/// in a gate, on its thread, and no longer there than the gate's state.
class Connector {
 public:
  virtual ~Connector() = default;
  /// Must not wait. Throws std::bad_alloc only.
  [[nodiscard]] virtual Resolution resolve(const Call& call) = 0;
};

/// Defined in make_connector.hpp, and instantiated beside each class.
template <class Which>
[[nodiscard]] std::unique_ptr<Connector> make_connector(const CallContext& context);

}  // namespace gatehouse::gate
