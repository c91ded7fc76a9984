#include "daemon/gate/call/connector.hpp"

#include "daemon/gate/call/answers.hpp"

namespace gatehouse::gate {

Resolution bad_request(Counted invalid, const FieldError& error) {
  return {invalid, {.status = 400, .body = error_answer(error.message())}, error.logged()};
}

}  // namespace gatehouse::gate
