// Twenty pages of a ledger, chosen by what they are for, damaged before the real daemon starts on
// them or beneath the running one. Prints what came of each.
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include <iostream>
#include <set>

#include "store/values/sha256.hpp"
#include "tests/end_to_end/box.hpp"
#include "tests/end_to_end/client.hpp"
#include "tests/end_to_end/page_damage.hpp"
#include "tests/end_to_end/world.hpp"

namespace gatehouse::end_to_end {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)
using nlohmann::json;

json status_of(const Box& box) {
  return json::parse(get(box.local_port(), "/local/v1/status").body, nullptr, false);
}

std::string hex_of(const std::string& bytes) {
  std::string hex;
  for (const char byte : bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return hex;
}

/// A cart whose bytes are on pages of their own.
std::string large_cart(const std::string& trip) {
  std::string body = cart(trip);
  return body.insert(body.size() - 1, fmt::format(R"(,"note":"{}")", std::string(9'000, 'n')));
}

/// A cart of a trip that took no time: a box withholds what began long before its ledger was made,
/// and cart() is of the time at which the test with all its trials began.
std::string ended_at(std::chrono::sys_seconds time, std::string body) {
  for (const char* name : {"startTime", "endTime", "timestamp"}) {
    const std::string before = fmt::format(R"("{}":")", name);
    const auto begin = body.find(before) + before.size();
    body.replace(begin, body.find('"', begin) - begin, fmt::format("{:%FT%TZ}", time));
  }
  return body;
}

/// Trips in every state, and one page of their ledger that is damaged.
class LedgerTrial {
 public:
  explicit LedgerTrial(Trial trial) : trial_(std::move(trial)) {}

  /// One line of the table.
  std::string run() {
    make_history();
    free_some_pages(ledger());
    const auto page = find_page(ledger(), trial_.page);
    if (trial_.when == When::running) start();
    damage(ledger(), page, trial_);
    const std::string damaged = page_in(ledger(), page);
    for (const char* service : {"payments", "cloud"}) world_.outage(service, "refuse", 0s);
    if (trial_.when == When::at_start) start();
    use("now");
    EXPECT_EQ(box_.stop(), 0);
    start();
    use("again");
    EXPECT_EQ(box_.stop(), 0);
    check_books();
    // A daemon that still has the page in its memory writes it again with the next change.
    is_anew_ = page_in(ledger(), page) != damaged;
    if (trial_.harm == Harm::zeroed && trial_.page.place != Place::free) {
      EXPECT_TRUE(was_said() || is_anew_) << "the page is gone, and nobody says so";
    }
    return line();
  }

 private:
  [[nodiscard]] std::filesystem::path ledger() const { return box_.state() / "ledger.db"; }
  [[nodiscard]] json books() const { return world_.effects(); }
  [[nodiscard]] bool was_said() const { return !said_.empty() || !verified_.empty(); }

  void make_history() {
    box_.start();
    take("done", 40);
    expect_in_books("captures", 40);
    EXPECT_TRUE(
        eventually([&] { return status_of(box_).at("deliveries").at("pending") == 0; }, 30s));
    world_.scenario("[payments.capture]\nclosed_after = 1.0");
    take("doubt", 3);
    expect_in_books("captures", 43);
    world_.outage("payments", "refuse", 3600s);
    world_.scenario("");
    world_.outage("payments", "refuse", 3600s);
    take("due", 6);
    expect_in_books("carts_delivered", 49);
    world_.outage("cloud", "refuse", 3600s);
    take("new", 6);
    if (box_.stop() != 0) throw std::runtime_error("the box does not stop");
    price_ = books().at("payments").at("done-0").at("captured_minor");
  }
  void expect_in_books(const char* name, int count) const {
    if (!eventually([&] { return books().at(name) == count; }, 30s)) {
      throw std::runtime_error(fmt::format("{} never are {}", name, count));
    }
  }
  [[nodiscard]] std::string body_of(const std::string& trip) const {
    return ended_at(ended_at_, trip.starts_with("new") ? large_cart(trip) : cart(trip));
  }
  void take(const std::string& name, int count) {
    for (int i = 0; i < count; ++i) EXPECT_EQ(post_cart(fmt::format("{}-{}", name, i)), 201);
  }
  /// The status of a cart, which is asked for again where it is refused.
  int post_cart(const std::string& trip) {
    const Reply reply = post(box_.gate_port(), "/v1/order/purchases", body_of(trip));
    if (reply.status == 201) {
      const auto [known, is_new] = taken_.emplace(trip, reply.body);
      EXPECT_EQ(known->second, reply.body) << trip << " is answered otherwise than before";
    } else {
      EXPECT_EQ(reply.status, 503) << trip << ": " << reply.body;
      EXPECT_TRUE(reply.asks_again) << trip;
      ++refused_;
    }
    return reply.status;
  }
  void start() {
    box_.start();
    scan_is_answered();
  }
  void scan_is_answered() const {
    EXPECT_EQ(post(box_.gate_port(), "/v1/identity/scan", scan("1111-2222")).status, 200);
  }
  /// New carts, and what Amazon sends again; then all that the daemon does by itself.
  void use(const std::string& name) {
    for (const char* trip : {"done-0", "done-20", "doubt-0", "due-0", "new-0", "new-5"}) {
      (void)post_cart(trip);
    }
    for (int i = 0; i < 3; ++i) (void)post_cart(fmt::format("{}-{}", name, i));
    scan_is_answered();
    EXPECT_TRUE(eventually([&] { return all_is_done() || is_said(); }, 60s))
        << "silence: " << fmt::format("{}", fmt::join(open(), ", "));
    wait_until_nothing_moves();
    // What is not said now must come to its end, however the damage went.
    EXPECT_TRUE(is_said() || eventually([&] { return all_is_done(); }, 60s))
        << "silence: " << fmt::format("{}", fmt::join(open(), ", "));
    scan_is_answered();
  }
  /// Acknowledged trips that were not delivered and charged.
  [[nodiscard]] std::vector<std::string> open() const {
    const json all = books();
    std::vector<std::string> trips;
    for (const auto& [trip, answer] : taken_) {
      const bool is_done = all.at("carts").contains(trip) && all.at("payments").contains(trip) &&
                           all.at("payments").at(trip).at("captures") == 1;
      if (!is_done) trips.push_back(trip);
    }
    return trips;
  }
  [[nodiscard]] bool all_is_done() const { return open().empty(); }
  /// The warnings of now, and what a walk through the ledger finds.
  bool is_said() {
    const auto warnings = warnings_of(box_, "ledger_");
    said_.insert(warnings.begin(), warnings.end());
    const auto [code, text] = box_.command("ledger verify");
    if (code != 0) {
      verified_ = verdict_of(text);
    }
    return code != 0 || !warnings.empty();
  }
  /// How many places are damaged, or why there is no walk.
  static std::string verdict_of(const std::string& text) {
    const auto begin = text.find("damaged in ");
    if (begin != std::string::npos) return text.substr(begin, text.find(':', begin) - begin);
    const auto code = text.find("SQLITE_");
    return code == std::string::npos ? text.substr(0, text.find('\n'))
                                     : text.substr(code, text.find(':', code) - code);
  }
  void wait_until_nothing_moves() const {
    std::string before;
    auto since = std::chrono::steady_clock::now();
    (void)eventually(
        [&] {
          const auto now = std::chrono::steady_clock::now();
          if (all_is_done()) return true;
          if (std::string books_now = books().dump(); books_now != before) {
            before = std::move(books_now);
            since = now;
          }
          return now - since > 1000ms;
        },
        10s);
  }
  /// Whatever happened to the page, nobody was charged twice or otherwise, and no cart is another.
  void check_books() const {
    const json all = books();
    for (const char* never : {"double_captures", "double_carts", "captures_above_authorised",
                              "captures_after_cancel", "conflicts", "captures_repeated"}) {
      EXPECT_EQ(all.at(never), 0) << never;
    }
    for (const auto& [trip, charge] : all.at("payments").items()) {
      EXPECT_LE(charge.at("captures"), 1) << trip;
      EXPECT_EQ(charge.at("captured_minor"), charge.at("captures") == 1 ? price_ : json(0)) << trip;
    }
    for (const auto& [trip, delivered] : all.at("carts").items()) {
      EXPECT_EQ(delivered.at("effects"), 1) << trip;
      EXPECT_EQ(delivered.at("sha256"), hex_of(sha256(body_of(trip)))) << trip;
    }
    EXPECT_TRUE(open().empty() || was_said()) << fmt::format("{}", fmt::join(open(), ", "));
  }
  [[nodiscard]] std::string line() const {
    std::set<std::string> said = said_;
    if (!verified_.empty()) said.insert("verify: " + verified_);
    if (is_anew_) said.insert("(the page was written anew)");
    return fmt::format("| {} | {} | {} | {} |", to_text(trial_), fmt::join(said, ", "), refused_,
                       fmt::join(open(), ", "));
  }

  const Trial trial_;
  const std::chrono::sys_seconds ended_at_ =
      std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const World world_;
  Box box_{attached_to(world_)};
  std::map<std::string, std::string> taken_;  ///< with the answer
  std::set<std::string> said_;
  std::string verified_;
  int refused_ = 0;
  bool is_anew_ = false;
  json price_;
};

TEST(LedgerPages, NeverChargeTwiceNorCloseTheGateNorAreLostInSilence) {
  std::cout
      << "| page | damage | when | what the box said | carts 503 | not delivered or charged |\n"
         "|---|---|---|---|---|---|\n";
  for (const Trial& trial : trials_of(pages_of_ledger())) {
    SCOPED_TRACE(to_text(trial));
    try {
      std::cout << LedgerTrial(trial).run() << std::endl;
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
  }
}

}  // namespace
}  // namespace gatehouse::end_to_end
