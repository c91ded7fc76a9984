#pragma once

#include <iosfwd>

#include "daemon/command/arguments.hpp"

namespace gatehouse::command {

/// `gatehouse iam-policy --resource ARN`: the least that IAM must allow for this configuration, one
/// policy for each identity that needs one, with a label that says which. The first is the FAQ's
/// where this box settles; otherwise it is about a feed or a cloud with auth = "sigv4" alone, and
/// needs no --resource. <account> and <api-id> in it are for a person to fill in.
/// Looks at files and environment alone, and needs no daemon. A single policy is all that stdout
/// gets, so that it can be piped.
[[nodiscard]] ExitCode iam_policy(const Arguments& arguments,
                                  const configuration::Environment& environment, std::ostream& out,
                                  std::ostream& err);

}  // namespace gatehouse::command
