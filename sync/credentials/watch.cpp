#include "sync/credentials/watch.hpp"

#include <utility>

#include "sync/transport/refusal.hpp"

namespace gatehouse::sync {
namespace {

bool refuses_keys(const Reply& reply) {
  return refuses_signature(reply) && doubts_keys(read_refusal(reply).cause);
}

}  // namespace

CredentialWatch::CredentialWatch(Transport& transport, Refused refused)
    : transport_(transport), refused_(std::move(refused)) {}

std::uint64_t CredentialWatch::start(Request request, Done done) {
  if (!request.signing) return transport_.start(std::move(request), std::move(done));
  auto watching = [this, id = request.signing->access_key_id, done = std::move(done)](Reply reply) {
    if (refuses_keys(reply)) refused_(id);
    done(std::move(reply));
  };
  return transport_.start(std::move(request), std::move(watching));
}

void CredentialWatch::cancel(std::uint64_t id) {
  transport_.cancel(id);
}

}  // namespace gatehouse::sync
