#include "daemon/gate/call/connector.hpp"

#include "daemon/gate/call/answers.hpp"

namespace gatehouse::gate {

Resolution bad_request(Counted invalid, const FieldError& error) {
  std::string message = error.message();
  return {invalid, {.status = 400, .body = error_answer(message)}, std::move(message)};
}

}  // namespace gatehouse::gate
