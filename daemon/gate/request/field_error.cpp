#include "daemon/gate/request/field_error.hpp"

namespace gatehouse::gate {

std::string FieldError::message() const {
  std::string text = field;
  text.append(" ").append(came).append("; expected ").append(expected);
  return text;
}

}  // namespace gatehouse::gate
