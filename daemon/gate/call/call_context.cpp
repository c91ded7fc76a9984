#include "daemon/gate/call/call_context.hpp"

#include "daemon/gate/request/document.hpp"

namespace gatehouse::gate {

std::shared_ptr<DocumentParser> make_parser() {
  return std::make_shared<DocumentParser>();
}

}  // namespace gatehouse::gate
