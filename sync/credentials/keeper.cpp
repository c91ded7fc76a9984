#include "sync/credentials/keeper.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sync/credentials/assume_role.hpp"
#include "sync/credentials/iot.hpp"
#include "sync/credentials/process_output.hpp"
#include "sync/delivery/retry.hpp"

namespace gatehouse::sync {
namespace {

/// A mended trust policy or a new file should not have to wait for the retry policy's quarter of an
/// hour: charges wait meanwhile.
constexpr milliseconds attempt_delay_max = std::chrono::minutes{2};
constexpr milliseconds attempt_delay_min{1'000};
constexpr milliseconds file_interval{5'000};

Result<IssuedCredentials> from_environment(const AwsCredentials& keys, WallTime now) {
  if (keys.access_key_id.empty() || keys.secret_access_key.empty()) {
    return failure(Remedy::repair,
                   "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN for "
                   "temporary ones) in the daemon's environment and restart it, or choose another "
                   "source in aws.credentials");
  }
  return checked({keys, {}}, now);
}

}  // namespace

CredentialKeeper::CredentialKeeper(CredentialOptions options, Transport& transport,
                                   ProcessRunner& processes, const Clock& clock, Chance chance)
    : options_(std::move(options)),
      transport_(transport),
      processes_(processes),
      clock_(clock),
      chance_(std::move(chance)),
      look_at_file_at_(clock.steady()) {
  lease_.wanted = options_.wanted;
}

CredentialKeeper::~CredentialKeeper() {
  cancel();
}

void CredentialKeeper::cancel() {
  if (request_ != 0) transport_.cancel(std::exchange(request_, 0));
  if (std::exchange(process_runs_, false)) processes_.cancel();
  lease_.under_way = false;
}

void CredentialKeeper::stop() {
  stopped_ = true;
  cancel();
}

void CredentialKeeper::reload(CredentialOptions options) {
  cancel();
  options_ = std::move(options);
  lease_.wanted = options_.wanted;
  suspect_at_once();
  failures_ = 0;
}

/// A person has done something about them.
void CredentialKeeper::suspect_at_once() {
  lease_.suspect = true;
  lease_.not_before = lease_.suspect_from = clock_.steady();
  refetch_pause_ = refetch_pause_min;
  refused_ = false;
}

void CredentialKeeper::refused(std::string_view access_key_id) {
  if (!lease_.held || keys_.access_key_id != access_key_id) return;
  const auto now = clock_.steady();
  if (!refused_at_ || now - *refused_at_ >= refused_quiet) {
    refetch_pause_ = refetch_pause_min;
    lease_.suspect_from = lease_.not_before;
  }
  refused_at_ = now;
  refused_ = true;
  lease_.suspect = true;
}

SteadyTime CredentialKeeper::turn() {
  look_at_file();
  if (!stopped_ && decide(lease_, clock_.wall(), clock_.steady()).fetch) fetch();
  look_at_expiry();
  const auto decision = decide(lease_, clock_.wall(), clock_.steady());
  return clock_.steady() + (stopped_ ? lease_look_again_max : decision.look_again);
}

void CredentialKeeper::look_at_expiry() {
  const bool expired = lease_.held && usable() == nullptr;
  if (expired && last_error_.empty()) {
    last_error_ = "the credentials have expired and are being renewed";
  }
  if (std::exchange(expired_, expired) && !expired) {  // or they are new, and nothing is wrong
    last_error_.clear();
    failures_ = 0;
  }
}

const AwsCredentials* CredentialKeeper::usable() const {
  return decide(lease_, clock_.wall(), clock_.steady()).usable ? &keys_ : nullptr;
}

CredentialStatus CredentialKeeper::status() const {
  return {.wanted = options_.wanted,
          .source = std::string(to_text(options_.source)),
          .role = options_.role.arn,
          .usable = usable() != nullptr,
          .expires_at = usable() != nullptr ? lease_.expires_at : std::nullopt,
          .issued_at = usable() != nullptr ? issued_at_ : std::nullopt,
          .last_error = last_error_,
          .used_for = options_.used_for};
}

void CredentialKeeper::look_at_file() {
  const auto now = clock_.steady();
  if (options_.source != CredentialSource::file || !lease_.wanted || now < look_at_file_at_) return;
  if (lease_.under_way) return;  // what changes now is seen after it
  look_at_file_at_ = now + file_interval;
  const auto stamp = stamp_of(options_.file);
  if (stamp == file_stamp_) return;
  file_stamp_ = stamp;
  suspect_at_once();
}

void CredentialKeeper::fetch() {
  lease_.under_way = true;
  switch (options_.source) {
    case CredentialSource::environment:
      return fetched(from_environment(options_.environment, clock_.wall()));
    case CredentialSource::file:
      return fetch_file();
    case CredentialSource::process:
      return fetch_process();
    case CredentialSource::iot:
      return fetch_iot();
  }
}

void CredentialKeeper::fetch_file() {
  file_stamp_ = stamp_of(options_.file);
  fetched(load_shared_credentials(options_.file, options_.profile, clock_.wall()));
}

void CredentialKeeper::fetch_process() {
  process_runs_ = true;
  processes_.start(options_.command, [this](Result<std::string> output) {
    process_runs_ = false;
    auto issued =
        output ? read_process_output(*output, clock_.wall()) : propagate(std::move(output));
    if (!issued) return fetched(propagate(std::move(issued), options_.command.front()));
    fetched(std::move(issued));
  });
}

void CredentialKeeper::fetch_iot() {
  request_ = transport_.start(iot_request(options_.iot), [this](const Reply& reply) {
    request_ = 0;
    auto issued = read_iot_answer(options_.iot, reply, clock_.wall());
    if (!issued) return finish(propagate(std::move(issued), "AWS IoT"), reply.retry_after);
    fetched(std::move(issued));
  });
}

void CredentialKeeper::fetched(Result<IssuedCredentials> issued) {
  if (!issued || options_.role.arn.empty()) return finish(std::move(issued));
  assume(issued->keys);
}

void CredentialKeeper::assume(const AwsCredentials& keys) {
  auto request = assume_role_request(options_.role, keys);
  request_ = transport_.start(std::move(request), [this](const Reply& reply) {
    request_ = 0;
    finish(read_assume_role_answer(options_.role, to_text(options_.source), reply, clock_.wall()),
           reply.retry_after);
  });
}

void CredentialKeeper::finish(Result<IssuedCredentials> issued,
                              std::optional<std::chrono::seconds> retry_after) {
  lease_.under_way = false;
  if (!issued) {
    last_error_ = std::move(issued.error().message);
    const auto delay = retry_delay(
        {.failures = ++failures_, .at_most = attempt_delay_max, .retry_after = retry_after},
        chance_());
    lease_.not_before = clock_.steady() + std::clamp(delay, attempt_delay_min, attempt_delay_max);
    return;
  }
  const auto now = clock_.wall();
  keys_ = std::move(issued->keys);
  issued_at_ = now;
  failures_ = 0;
  last_error_.clear();
  lease_.held = true;
  lease_.suspect = false;
  lease_.expires_at = issued->expires_at;
  lease_.renew_at.reset();
  if (lease_.expires_at) lease_.renew_at = renewal_time(now, *lease_.expires_at, chance_());
  lease_.not_before = clock_.steady() + refetch_pause_min;
  if (std::exchange(refused_, false)) {
    refetch_pause_ = std::min(refetch_pause_ * 2, refetch_pause_max);
  }
  lease_.suspect_from = clock_.steady() + refetch_pause_;
}

}  // namespace gatehouse::sync
