#include "sync/credentials/process_output.hpp"

#include "sync/transport/json_document.hpp"

namespace gatehouse::sync {

Result<IssuedCredentials> read_process_output(std::string_view output, WallTime now) {
  const auto answer = JsonDocument::read_object(output);
  if (!answer) {
    return failure(Remedy::retry, "it printed " + what_came(answer.error(),
                                                            "no JSON object; expected "
                                                            "{\"Version\":1,\"AccessKeyId\":…}"));
  }
  const auto version = (*answer)["Version"].scalar();
  if (version != "1" && version != "1.0") {  // one number for botocore
    return failure(Remedy::retry, "its output has no \"Version\":1, the only one there is");
  }
  auto issued = issued_in(*answer,
                          {.access_key_id = "AccessKeyId",
                           .secret_access_key = "SecretAccessKey",
                           .session_token = "SessionToken",
                           .expiration = "Expiration",
                           .temporary = false},
                          now);
  if (!issued) return propagate(std::move(issued), "its output");
  return issued;
}

}  // namespace gatehouse::sync
