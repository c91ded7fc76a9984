#include "sync/credentials/options.hpp"

namespace gatehouse::sync {

std::string_view to_text(CredentialSource source) {
  switch (source) {
    case CredentialSource::environment:
      return "environment";
    case CredentialSource::file:
      return "file";
    case CredentialSource::process:
      return "process";
    case CredentialSource::iot:
      break;
  }
  return "iot";
}

}  // namespace gatehouse::sync
