#include "daemon/process/local_thread.hpp"

#include <pthread.h>
#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>

#include "daemon/process/listen.hpp"

namespace gatehouse::process {
namespace {

constexpr std::chrono::seconds kWatch{30};

/// Small on purpose: technicians and a metrics scraper, not traffic.
http::Limits limits() {
  http::Limits limits;
  limits.body_max_bytes = std::size_t{64} * 1024;
  limits.connections_max = 64;
  return limits;
}

}  // namespace

LocalThread::LocalThread(local::LocalOptions options, store::LedgerReader ledger,
                         store::LedgerWriter& writer, local::Metrics& metrics,
                         local::FactsSource facts, const Clock& clock)
    : work_(loop_.get_executor()),
      api_(std::move(options), std::move(ledger), writer, metrics, std::move(facts), clock, loop_),
      reading_(loop_, limits(), api_.reading(), metrics.listener("local")),
      control_(loop_, limits(), api_.everything(), metrics.listener("control")) {}

LocalThread::~LocalThread() {
  stop();
}

Result<> LocalThread::listen(const configuration::Local& options,
                             const std::vector<PassedSocket>& passed) {
  if (auto opened = process::listen(reading_, "local", options.listen.text, passed); !opened) {
    return propagate(std::move(opened), "local.listen");
  }
  if (auto opened = process::listen(control_, "control", options.control_socket.string(), passed);
      !opened) {
    return propagate(std::move(opened), "local.control_socket");
  }
  return {};
}

void LocalThread::watch_later() {
  watch_timer_.expires_after(kWatch);
  watch_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) watch_warnings();
  });
}

void LocalThread::watch_warnings() {
  for (const auto& [gone, warning] : watch_.look(api_.warnings())) {
    if (gone) {
      spdlog::info("no longer so ({}): {}", warning.code, warning.text);
    } else if (warning.severity == local::Severity::critical) {
      spdlog::error("{}: {}", warning.code, warning.text);
    } else {
      spdlog::warn("{}: {}", warning.code, warning.text);
    }
  }
  watch_later();
}

void LocalThread::start() {
  // Not at once: at a start everything is still unreachable and unsynchronised.
  watch_later();
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "local");
    loop_.run();
  });
}

void LocalThread::stop() {
  if (!thread_.joinable()) return;
  boost::asio::post(loop_, [this] {
    reading_.close();
    control_.close();
    watch_timer_.cancel();
    work_.reset();
    loop_.stop();
  });
  thread_.join();
}

}  // namespace gatehouse::process
