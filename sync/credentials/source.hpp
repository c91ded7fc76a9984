#pragma once

#include <string_view>

namespace gatehouse::sync {

/// Where the keys for Amazon's services come from.
enum class CredentialSource {
  environment,  ///< as they were when the process started; never renewed
  file,         ///< a shared credentials file with profiles; read again whenever it changes
  process,      ///< a program that prints them (`credential_process` of the AWS SDKs)
  iot,          ///< AWS IoT credentials provider: a device certificate buys a role's keys
};

/// Its word in the configuration, in status and in errors.
[[nodiscard]] constexpr std::string_view to_text(CredentialSource source) {
  switch (source) {
    case CredentialSource::environment:
      return "environment";
    case CredentialSource::file:
      return "file";
    case CredentialSource::process:
      return "process";
    case CredentialSource::iot:
      return "iot";
  }
  return "";
}

}  // namespace gatehouse::sync
