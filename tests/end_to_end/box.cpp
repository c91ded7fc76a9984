#include "tests/end_to_end/box.hpp"

#include <csignal>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace gatehouse::end_to_end {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

std::string program(const char* name) {
  const std::string_view wanted = name;
  if (wanted == "gatehoused") return GATEHOUSED_PROGRAM;
  if (wanted == "gatehouse") return GATEHOUSE_PROGRAM;
  if (wanted == "gatehouse-sim") return GATEHOUSE_SIM_PROGRAM;
  throw std::invalid_argument(name);
}

namespace {

/// Debian's libfaketime, between the daemon and the machine's clock.
std::string faketime_library() {
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib")) {
    const auto library = entry.path() / "faketime" / "libfaketimeMT.so.1";
    if (std::filesystem::exists(library)) return library.string();
  }
  throw std::runtime_error("libfaketime is not installed: scripts/install-build-dependencies");
}

}  // namespace

Box::Box(BoxOptions options) : options_(std::move(options)) {
  reconfigure(options_.more);
  if (!options_.sets_clock) return;
  set_clock(0s);
  options_.environment.merge(
      std::map<std::string, std::string>{{"LD_PRELOAD", faketime_library()},
                                         {"FAKETIME_TIMESTAMP_FILE", clock_file().string()},
                                         {"FAKETIME_CACHE_DURATION", "1"},
                                         {"FAKETIME_DONT_FAKE_MONOTONIC", "1"},
                                         {"FAKETIME_DISABLE_SHM", "1"},
                                         {"NO_FAKE_STAT", "1"}});
}

void Box::set_clock(std::chrono::seconds ahead) const {
  // Whole at any time, for the daemon may be reading it.
  const auto next = clock_file().string() + ".next";
  std::ofstream(next) << (ahead < 0s ? "" : "+") << ahead.count() << "\n";
  std::filesystem::rename(next, clock_file());
}

std::filesystem::path Box::configuration() const {
  return folder_.path() / "gatehouse.toml";
}

std::filesystem::path Box::log_file() const {
  return options_.log_file.empty() ? folder_.path() / "log" : options_.log_file;
}

void Box::reconfigure(std::string more) {
  options_.more = std::move(more);
  std::ofstream file(configuration());
  file << "[store]\nid = \"STORE-001\"\nstate_dir = \"" << state().string() << "\"\n"
       << "[local]\nlisten = \"127.0.0.1:0\"\ncontrol_socket = \""
       << (folder_.path() / "control.sock").string() << "\"\n"
       << "[feed]\nurl = \"" << options_.feed_url << "\"\n"
       << "[cloud]\nurl = \"" << options_.cloud_url << "\"\n";
  if (!options_.payments_url.empty()) {
    file << "[jwo]\nsettlement = \"" << options_.settlement << "\"\npayments_url = \""
         << options_.payments_url << "\"\n";
    if (options_.settlement == "checkout") {
      file << "checkout_url = \"" << options_.payments_url << "\"\n";
    }
  }
  file << options_.more << "\n";
  // Last, so that `more` may go on with keys of the gate.
  if (options_.more.find("[gate]") == std::string::npos) {
    file << "[gate]\nlisten = \"127.0.0.1:0\"\n";
  }
}

Box::~Box() {
  end_daemon();
}

/// The library leaves a semaphore and a page of memory behind, which a later process of that number
/// would take for its own.
void Box::end_daemon() {
  daemon_.reset();
  if (!options_.sets_clock || process_number_.empty()) return;
  const std::filesystem::path shared = "/dev/shm";
  for (const auto* name : {"faketime_shm_", "sem.faketime_sem_"}) {
    std::filesystem::remove(shared / (name + process_number_));
  }
}

void Box::start() {
  end_daemon();
  daemon_.emplace(child::Options{{program("gatehoused"), "--config", configuration().string()},
                                 options_.environment,
                                 std::nullopt,
                                 log_file()});
  process_number_ = std::to_string(daemon_->pid());
  const std::string status = daemon_->wait_ready(20s);
  gate_port_ = child::port_after(status, "gate");
  local_port_ = child::port_after(status, "local");
}

std::optional<int> Box::stop() {
  daemon_->signal(SIGTERM);
  return daemon_->wait_end(5s);
}

void Box::kill() {
  daemon_->kill();
}

std::pair<int, std::string> Box::command(const std::string& arguments) const {
  return child::run(program("gatehouse") + " " + arguments + " --socket " +
                    (folder_.path() / "control.sock").string());
}

std::string Box::gate_url() const {
  return "http://127.0.0.1:" + std::to_string(gate_port_);
}

std::string Box::log() const {
  std::ostringstream text;
  text << std::ifstream(log_file()).rdbuf();
  return text.str();
}

}  // namespace gatehouse::end_to_end
