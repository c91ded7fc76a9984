#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <future>
#include <latch>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "store/ledger/ledger_reader.hpp"
#include "store/ledger/ledger_thread.hpp"
#include "store/sqlite/database.hpp"
#include "tests/child/child.hpp"
#include "tests/store/disk/fault_disk.hpp"
#include "tests/store/disk/ledger_work.hpp"

namespace gatehouse::store {

/// A fault of a ledger that a story must find.
enum class PlantedInLedger {
  nothing,
  commits_before_the_sync,  ///< it acknowledges what was not synced
  failures_told_as_done,    ///< a commit that failed is acknowledged
  errors_told_as_nothing,   ///< a trip that could not be read is not there
};

/// A short life of the real ledger thread, ledger and reader on a disk that fails, with kills and
/// power cuts. Beside it a second ledger, whose disk is well, is given exactly what the first one
/// acknowledged: whenever the disk of the first is well again, both must say the same, row by row.
///
/// (1) What was acknowledged is there. (2) Nothing else is, and nothing twice. What was answered as
/// failed is not seen again; only where the process ends before the ledger was opened anew may the
/// last of it be there, all of it or nothing. (3) A failure is told as an error, with a message,
/// and not as damage. (4) Each call returns. (5) Once the disk is well, the next work succeeds,
/// without a restart, and so does each read. (6) The file is whole.
class LedgerStory {
 public:
  explicit LedgerStory(std::uint64_t seed, PlantedInLedger planted = PlantedInLedger::nothing);

  void live();
  [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }
  [[nodiscard]] const std::vector<std::string>& chronicle() const { return chronicle_; }

 private:
  static constexpr std::chrono::seconds patience{20};

  struct Answer {
    Result<std::string> told;
    bool ran = false;  ///< on the real ledger, well
  };
  class FixedClock final : public Clock {
   public:
    [[nodiscard]] WallTime wall() const override;
    [[nodiscard]] SteadyTime steady() const override { return {}; }
  };

  void play();
  /// True: the process is to end before the turn is over.
  bool go_wrong();
  void do_work(const std::vector<Work>& works);
  [[nodiscard]] bool hold(const std::shared_ptr<std::latch>& released);
  [[nodiscard]] std::future<Answer> offer(const Work& work);
  void take(const std::vector<Work>& works, std::vector<std::future<Answer>> awaited);
  void judge(const std::vector<Work>& works, std::vector<Answer> answers);
  void acknowledge(const std::vector<Work>& works, const std::vector<Answer>& answers);
  void catch_up(const Work& work, const Answer& answer);
  void look_at_a_trip();
  [[nodiscard]] Result<std::string> trip_as_read(LedgerReader& reader, const std::string& trip);
  void end_process();
  void put_back_witness();
  void let_another_read();
  void open();
  [[nodiscard]] bool try_to_open();
  void begin();
  void come_back();
  void restart();
  void settle();
  void compare();
  void well();
  [[nodiscard]] std::string difference();

  void note(std::string event) { chronicle_.push_back(std::move(event)); }
  void complain(std::string complaint);

  const PlantedInLedger planted_;
  std::mt19937_64 random_;
  [[nodiscard]] std::size_t below(std::size_t end) { return random_() % end; }

  FixedClock clock_;
  WallTime now_;
  child::TemporaryFolder folder_;
  child::TemporaryFolder shadow_folder_;
  std::filesystem::path file_ = folder_.path() / "ledger.db";
  std::filesystem::path shadow_file_ = shadow_folder_.path() / "ledger.db";
  FaultDisk disk_;
  bool faulty_ = false;

  Ledger shadow_;
  LedgerReader shadow_reader_;
  std::string shadow_id_;
  WorkDrawer drawer_;

  std::optional<LedgerThread> writer_;
  std::optional<LedgerReader> reader_;
  std::optional<sqlite::Database> other_;  ///< another program that reads; until the next end
  int commits_ = 0;                        ///< acknowledged
  std::vector<Work> in_doubt_;             ///< ran last, and was answered as failed
  std::string witness_before_;             ///< at the begin of this turn
  bool charge_intended_ = false;           ///< and acknowledged, in this turn

  std::vector<std::string> complaints_;
  std::vector<std::string> chronicle_;
};

}  // namespace gatehouse::store
