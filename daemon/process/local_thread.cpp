#include "daemon/process/local_thread.hpp"
#include "daemon/log/log.hpp"

#include <pthread.h>

#include <boost/asio/post.hpp>

namespace gatehouse::process {
namespace {

constexpr std::chrono::seconds look_interval{5};
/// The log is told every 30 s: what comes and goes in between is for the metrics.
constexpr int looks_a_log = 6;
constexpr milliseconds turn_interval{500};

/// Small on purpose: technicians and a metrics scraper, not traffic.
http::Limits limits() {
  http::Limits limits;
  limits.body_max_bytes = std::size_t{64} * 1024;
  limits.connections_max = 64;
  return limits;
}

}  // namespace

LocalThread::LocalThread(local::LocalOptions options, std::filesystem::path ledger_file,
                         store::LedgerThread& writer, local::Metrics& metrics,
                         local::FactsSource facts, const Clock& clock)
    : work_(loop_.get_executor()),
      api_(std::move(options), std::move(ledger_file), writer, metrics, std::move(facts), clock,
           loop_),
      reading_(loop_, limits(), api_.reading(), metrics.listener("local")),
      control_(loop_, limits(), api_.everything(), metrics.listener("control")) {}

LocalThread::~LocalThread() {
  stop();
}

Result<PassedAddresses> LocalThread::listen(const configuration::Local& options,
                                            const std::vector<PassedSocket>& passed) {
  auto reading = process::listen(reading_, "local", options.listen.text, passed);
  if (!reading) return propagate(std::move(reading), "local.listen");
  auto control = process::listen(control_, "control", options.control_socket.string(), passed);
  if (!control) return propagate(std::move(control), "local.control_socket");
  return PassedAddresses{{}, std::move(*reading), std::move(*control)};
}

void LocalThread::turn(std::chrono::nanoseconds late) {
  turns_.count(std::chrono::steady_clock::now(), late);
  ticker_.expires_after(turn_interval);
  ticker_.async_wait([this](const boost::system::error_code& error) {
    if (!error) turn(std::chrono::steady_clock::now() - ticker_.expiry());
  });
}

void LocalThread::watch_later() {
  watch_timer_.expires_after(look_interval);
  watch_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    const auto warnings = api_.warnings();
    if (++looks_ % looks_a_log == 0) log_changes(warnings);
    watch_later();
  });
}

void LocalThread::log_changes(const std::vector<local::Warning>& warnings) {
  for (const auto& [gone, warning] : watch_.look(warnings)) {
    if (gone) {
      log::info("cleared ({}): {}", warning.code, warning.text);
    } else if (warning.severity == local::Severity::critical) {
      log::error("{}: {}", warning.code, warning.text);
    } else {
      log::warn("{}: {}", warning.code, warning.text);
    }
  }
  for (const auto& line : flaw_log_.look(api_.flawed_rows(), std::chrono::steady_clock::now())) {
    log::warn("{}", line);
  }
}

void LocalThread::start() {
  // Not at once: at a start everything is still unreachable and unsynchronised.
  watch_later();
  turn(std::chrono::nanoseconds{0});
  api_.verify_by_itself();
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "local");
    disk_time_.count_this_thread();
    loop_.run();
  });
}

void LocalThread::stop() {
  if (!thread_.joinable()) return;
  boost::asio::post(loop_, [this] {
    reading_.close();
    control_.close();
    watch_timer_.cancel();
    ticker_.cancel();
    work_.reset();
    loop_.stop();
  });
  thread_.join();
}

}  // namespace gatehouse::process
