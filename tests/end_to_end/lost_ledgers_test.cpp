// Two boxes that get the same carts, of which one has an older ledger put back and then none, while
// everything goes wrong beside it.
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "tests/end_to_end/box.hpp"
#include "tests/end_to_end/client.hpp"
#include "tests/end_to_end/world.hpp"

namespace gatehouse::end_to_end {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

namespace fs = std::filesystem;
using testing::HasSubstr;

/// Every fault, but those whose trips wait for minutes by themselves.
std::string quick_faults() {
  std::ifstream file(GATEHOUSE_SCENARIOS "/everything.toml");
  std::string scenario;
  for (std::string line; std::getline(file, line);) {
    const bool slow = line.starts_with("pending") || line.starts_with("partial") ||
                      line.starts_with("unknown_trip");
    if (!slow) scenario += line + "\n";
  }
  return scenario;
}

class LostLedgers : public testing::Test {
 protected:
  BoxOptions options(const std::string& name) {
    BoxOptions options = attached_to(world_);
    options.environment["GATEHOUSE_CLOUD_GRANT"] = "required";
    options.more = "[gate]\nlisten = \"" + gate(name).string() + "\"\n";
    return options;
  }
  [[nodiscard]] fs::path gate(const std::string& name) const { return folder_.path() / name; }
  [[nodiscard]] fs::path report(const std::string& name) const {
    return folder_.path() / (name + ".json");
  }
  [[nodiscard]] fs::path ledger() const { return first_.state() / "ledger.db"; }
  static fs::path log_of(fs::path ledger) { return ledger += "-wal"; }

  /// 80 trips, amid which the first box is killed and `meanwhile` happens to its files.
  void play(const std::string& name, unsigned seed, const std::function<void()>& meanwhile = {}) {
    Shop shop("unix:" + gate("first").string(),
              {.card = 60,
               .app = 20,
               .seed = seed,
               .per_second = 40,
               .more = {"--second-gate", "unix:" + gate("second").string()}},
              report(name));
    (void)shop.finish(1'200ms);
    first_.kill();
    if (meanwhile) meanwhile();
    first_.start();
    ASSERT_TRUE(shop.finish(120s)) << name << ": a cart was not acknowledged";
  }
  void copy_ledger() const {
    fs::copy_file(ledger(), folder_.path() / "copy.db");
    if (fs::exists(log_of(ledger())))
      fs::copy_file(log_of(ledger()), log_of(folder_.path() / "copy.db"));
  }
  void remove_ledger() const {
    for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(ledger().string() + suffix);
  }
  void put_back_the_copy() const {
    remove_ledger();
    const auto copy = folder_.path() / "copy.db";
    fs::copy_file(copy, ledger());
    if (fs::exists(log_of(copy))) fs::copy_file(log_of(copy), log_of(ledger()));
  }
  static nlohmann::json settlement(const Box& box) {
    const auto [status, text] = box.command("status --json");
    return nlohmann::json::parse(text).at("settlement");
  }
  /// Nothing waits, neither for Amazon nor for a person.
  static bool is_settled(const Box& box) {
    const auto counts = settlement(box);
    return counts.at("open") == 0 && counts.at("held") == 0;
  }
  [[nodiscard]] bool both_settle() const {
    return eventually([this] { return is_settled(first_) && is_settled(second_); }, 240s);
  }

  World world_;
  const child::TemporaryFolder folder_;
  Box first_{options("first")};
  Box second_{options("second")};
};

TEST_F(LostLedgers, OfOneOfTwoBoxesLoseAndDoubleNothingAndTheDeskAnswersForThem) {
  world_.scenario(quick_faults());
  first_.start();
  second_.start();
  play("before", 11, [this] { copy_ledger(); });
  EXPECT_TRUE(both_settle()) << settlement(first_) << settlement(second_);
  EXPECT_EQ(audit(world_, {report("before")}, 60s), "");

  first_.kill();
  put_back_the_copy();
  first_.start();
  EXPECT_THAT(first_.command("status").second, HasSubstr("the ledger lacks history"));
  play("after", 12);
  EXPECT_TRUE(both_settle()) << "a question has no answer: " << settlement(first_)
                             << settlement(second_);
  EXPECT_EQ(audit(world_, {report("after")}, 60s, ledger(), "payment", {report("before")}), "");
  EXPECT_EQ(first_.command("ledger accept").first, 0);

  first_.kill();
  remove_ledger();
  first_.start();
  EXPECT_THAT(first_.command("status").second, HasSubstr("a new one was created"));
  play("anew", 13);
  EXPECT_TRUE(both_settle()) << settlement(first_) << settlement(second_);
  EXPECT_EQ(audit(world_, {report("anew")}, 60s, ledger(), "payment",
                  {report("before"), report("after")}),
            "");
  EXPECT_EQ(first_.command("ledger accept").first, 0);
  EXPECT_EQ(world_.effects().at("double_captures"), 0);
  EXPECT_GT(world_.effects().at("captures"), 120);
}

}  // namespace
}  // namespace gatehouse::end_to_end
