#include "daemon/process/daemon.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <csignal>
#include <iterator>
#include <random>

#include "daemon/configuration/reload.hpp"
#include "daemon/http/tls.hpp"
#include "daemon/log/log.hpp"
#include "daemon/process/expiries.hpp"
#include "daemon/process/options.hpp"
#include "daemon/process/patience.hpp"
#include "daemon/process/serve.hpp"
#include "daemon/process/state/private_files.hpp"
#include "daemon/process/state/stand_in_folder.hpp"
#include "store/values/result.hpp"
#include "store/values/version.hpp"
#include "sync/transport/boot_clock.hpp"

namespace gatehouse::process {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

// Together well below the 5 s that `systemctl stop` may take.
constexpr milliseconds drain_max{2000};
constexpr milliseconds sync_grace{2000};
// As long as a ledger takes that is well. A migration may take minutes: the gate does not wait for
// it.
constexpr milliseconds ledger_patience{1000};
// A quarter of the shortest watchdog that makes sense, 1 s.
constexpr milliseconds turn_max{250};

Chance random_chance() {
  return [engine = std::mt19937_64(std::random_device{}())]() mutable {
    return std::uniform_real_distribution<double>(0.0, 1.0)(engine);
  };
}

void log_warnings(const configuration::Loaded& loaded) {
  for (const auto& warning : loaded.warnings) {
    log::warn("configuration: {}: {}", warning.key, warning.message);
  }
}

}  // namespace

Daemon::Daemon(std::filesystem::path configuration_file, configuration::Loaded loaded)
    : started_at_(clock_.wall()),
      configuration_file_(std::move(configuration_file)),
      loaded_(std::move(loaded)),
      state_(loaded_.configuration.store.state_dir),
      space_({.folder = state_.folder(),
              .reserve_bytes = static_cast<std::int64_t>(loaded_.configuration.store.reserve.value),
              .since_boot = sync::since_boot}) {}

Daemon::~Daemon() = default;

Result<std::unique_ptr<Daemon>> Daemon::open(std::filesystem::path configuration_file,
                                             configuration::Loaded loaded,
                                             const std::vector<PassedSocket>& passed) {
  std::unique_ptr<Daemon> daemon(new Daemon(std::move(configuration_file), std::move(loaded)));
  if (auto opened = daemon->open_stores(); !opened) {
    return propagate(std::move(opened));
  }
  if (auto opened = daemon->open_listeners(passed); !opened) {
    return propagate(std::move(opened));
  }
  return daemon;
}

Result<> Daemon::open_stores() {
  const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
  std::filesystem::path credential;
  if (credentials != nullptr) credential = std::filesystem::path(credentials) / "hash.key";
  if (!std::filesystem::exists(credential)) credential.clear();
  delete_old_stand_in(runtime_directory());
  cache_home_ = std::make_unique<store::CacheHome>(store::CachePlaces{
      state_.cache_file(), state_.hash_key_file(), credential,
      [] { return make_stand_in_folder(runtime_directory()); }, [this] { return state_.hold(); }});
  auto cache = cache_home_->open(started_at_);
  if (!cache) return propagate(std::move(cache), "cache");
  if (cache_home_->condition() == store::CacheCondition::stand_in) {
    log::error(
        "cache.db is not used, an empty cache in memory stands in for it and is filled from "
        "the feed: {}",
        cache_home_->reason());
  } else if (!cache->writer.rebuilt().empty()) {
    log::warn("the shopper cache was recreated empty and is filled from the feed: {}",
              cache->writer.rebuilt());
  }
  cache_.emplace(std::move(cache->reader));

  ledger_ = std::make_unique<store::LedgerThread>(
      state_.ledger_file(),
      ledger_options(loaded_.configuration, space_, [this] { return state_.hold(); }));

  sync::SyncOptions options = sync_options(loaded_.configuration);
  options.ledger_file = state_.ledger_file();
  sync::ServedCache served{*cache_home_, std::move(cache->writer),
                           [this](store::CacheReader reader) { hand_to_gate(std::move(reader)); }};
  sync_ = std::make_unique<sync::SyncThread>(std::move(options), std::move(served), *ledger_,
                                             clock_, random_chance());
  ledger_->on_commit([this] { sync_->wake(); });
  // Scans need no ledger, so a start does not depend on it; but what is announced should be so.
  if (!ledger_->wait_opened(ledger_patience)) {
    log::error("scans are answered, carts are refused: the ledger is not open: {}",
               local::why_not_open(ledger_->trouble()));
  }
  return {};
}

/// The gate goes on with it between two calls. What it had is closed by the sync thread, which may
/// have to wait for the disk for that.
void Daemon::hand_to_gate(store::CacheReader reader) {
  boost::asio::post(loop_, [this, reader = std::move(reader)]() mutable {
    sync_->take_back(gate_->exchange_cache(std::move(reader)));
  });
}

Result<> Daemon::open_listeners(const std::vector<PassedSocket>& passed) {
  const configuration::Configuration& wanted = loaded_.configuration;
  gate::AskCloud ask_cloud;
  if (wanted.gate.unknown_shopper == configuration::UnknownShopper::ask_cloud) {
    ask_cloud = [this](std::string path, std::string body, milliseconds deadline,
                       std::function<void(std::optional<std::string>)> done) {
      sync_->ask(std::move(path), std::move(body), deadline, std::move(done));
    };
  }
  gate_ = std::make_unique<gate::Gate>(
      gate_options(wanted), std::move(*cache_), *ledger_, clock_, loop_, metrics_,
      std::move(ask_cloud),
      [this] { return gate::ClockWord{sync_->clock_confirmed(), sync_->synced_at()}; });
  cache_.reset();
  gate_opened_at_ = clock_.steady();
  server_ = std::make_unique<http::Server>(
      loop_, gate_limits(wanted.gate), gate_->handler(),
      [this, count = metrics_.listener("gate")](http::ServerEvent event) {
        count(event);
        on_gate_event(event);
      });
  server_->check_headers(gate_->header_check());
  server_->observe_refusals(gate_->refusal_observer());
  if (!wanted.gate.tls_certificate.path.empty()) {
    auto tls = http::server_tls(wanted.gate.tls_certificate.path, wanted.gate.tls_key.path,
                                wanted.gate.tls_client_ca.path,
                                [this] { return sync_->clock_confirmed(); });
    if (!tls) return propagate(std::move(tls), "gate");
    server_->use_tls(std::move(*tls));
    gate_certificates_ = gate_certificate_expiries(wanted.gate);
  }
  auto gate = listen(*server_, "gate", wanted.gate.listen.text, passed);
  if (!gate) return propagate(std::move(gate), "gate.listen");
  gate_addresses_ = server_->addresses();

  local::LocalOptions options = local_options(wanted);
  options.swift_facts = [this] { return swift_facts(); };
  local_ = std::make_unique<LocalThread>(
      std::move(options), state_.ledger_file(), *ledger_, metrics_, [this] { return facts(); },
      clock_);
  auto passed_addresses = local_->listen(wanted.local, passed);
  if (!passed_addresses) return propagate(std::move(passed_addresses));
  passed_ = std::move(*passed_addresses);
  passed_.gate = std::move(*gate);
  return add_socket_warnings(loaded_);
}

Result<> Daemon::add_socket_warnings(configuration::Loaded& loaded) const {
  auto warnings = assess_passed(loaded.configuration, passed_);
  if (!warnings) return propagate(std::move(warnings));
  std::ranges::move(*warnings, std::back_inserter(loaded.warnings));
  return {};
}

int Daemon::run() {
  log_warnings(loaded_);
  if (auto started = sync_->start(); !started) {
    log::error("sync: {}", started.error().message);
    return exit_failed;
  }
  gate_turns_.begin(clock_.steady());
  local_->start();
  work_.emplace(loop_.get_executor());
  signals_.add(SIGTERM);
  signals_.add(SIGINT);
  signals_.add(SIGHUP);
  wait_for_signal();

  turn(std::chrono::nanoseconds{0});

  std::string status = status_text();
  log::info("gatehoused {} is ready: {}", program_version, status);
  notify_ready(status);
  heartbeat_.emplace(
      std::vector<Watched>{{"gate", [this] { return gate_turns_.total(); }},
                           {"ledger", [this] { return ledger_->turns(); }, &ledger_->disk_time()},
                           {"sync", [this] { return sync_->turns(); }, &sync_->disk_time()},
                           {"local", [this] { return local_->turning().total(); },
                            &local_->disk_time(), listing_patience}},
      [this] { return status_text(); }, std::move(status), clock_);
  loop_.run();

  heartbeat_.reset();
  // The gate is drained: what follows records what is still in flight, then commits the last of it.
  sync_->stop(sync_grace);
  ledger_->stop();
  local_->stop();
  log::info("stopped");
  return 0;
}

void Daemon::wait_for_signal() {
  signals_.async_wait([this](const boost::system::error_code& error, int number) {
    if (error) return;
    on_signal(number);
    wait_for_signal();
  });
}

void Daemon::on_signal(int number) {
  if (number == SIGHUP) return reload();
  if (stopping_) return end_stop();  // asked twice: no more waiting
  begin_stop();
}

void Daemon::reload() {
  if (stopping_) return;
  notify_reloading();
  auto wanted = configuration::load(configuration_file_, configuration::process_environment());
  if (!wanted) {
    for (const auto& error : wanted.error()) log::error("{}", configuration::to_text(error));
    log::error("reload: refused; the running configuration stays in use");
  } else if (auto taken = take_over(std::move(*wanted)); !taken) {
    log::error("reload: refused; the running configuration stays in use: {}",
               taken.error().message);
  }
  notify_ready(status_text());
}

Result<> Daemon::take_over(configuration::Loaded wanted) {
  const auto keys = configuration::needs_restart(loaded_.configuration, wanted.configuration);
  wanted.configuration =
      configuration::reloaded(loaded_.configuration, std::move(wanted.configuration));
  if (auto allowed = add_socket_warnings(wanted); !allowed) return allowed;
  if (!keys.empty()) {
    log::warn("reload: a change of {} takes effect at the next restart", fmt::join(keys, ", "));
  }
  {
    const std::lock_guard lock(configuration_mutex_);
    loaded_ = std::move(wanted);
  }
  gate_->reload(gate_options(loaded_.configuration));
  sync::SyncOptions options = sync_options(loaded_.configuration);
  options.ledger_file = state_.ledger_file();
  sync_->reload(std::move(options));
  log_warnings(loaded_);
  log::info("reload: done");
  return {};
}

void Daemon::begin_stop() {
  stopping_ = true;
  notify_stopping("finishing calls in flight");
  log::info("stopping: {} connections at the gate", gate_connections_.load());
  server_->drain([this] { end_stop(); });
  drain_timer_.expires_after(drain_max);
  drain_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) end_stop();
  });
}

void Daemon::end_stop() {
  server_->close();
  drain_timer_.cancel();
  ticker_.cancel();
  signals_.cancel();
  work_.reset();
  loop_.stop();
}

void Daemon::turn(std::chrono::nanoseconds late) {
  gate_turns_.count(clock_.steady(), late);
  ticker_.expires_after(turn_max);
  ticker_.async_wait([this](const boost::system::error_code& error) {
    if (!error) turn(std::chrono::steady_clock::now() - ticker_.expiry());
  });
}

void Daemon::on_gate_event(http::ServerEvent event) {
  if (event == http::ServerEvent::accepted) ++gate_connections_;
  if (event == http::ServerEvent::closed) --gate_connections_;
  if (event == http::ServerEvent::bodies_full) {
    ++gate_bodies_refused_;
    gate_bodies_refused_at_ = clock_.wall();
  }
}

int serve(const std::filesystem::path& file, configuration::Loaded loaded) {
  make_files_privately();
  auto daemon = Daemon::open(file, std::move(loaded), take_passed_sockets());
  if (!daemon) {
    log::error("cannot start: {}", daemon.error().message);
    return exit_failed;
  }
  return (*daemon)->run();
}

}  // namespace gatehouse::process
