// The floor under the carts: the ledger's own group commit inside one process, without HTTP, with
// the same rows and as many of them waiting at a time: ledger_floor FOLDER COUNT WAITING
#include <fmt/format.h>

#include <cstdlib>
#include <latch>
#include <string>
#include <vector>

#include "store/ledger/ledger_thread.hpp"
#include "tests/bench/traffic.hpp"

namespace {

using namespace gatehouse;  // NOLINT(google-build-using-namespace)

class Appender {
 public:
  Appender(store::LedgerThread& writer, const std::vector<std::string>& carts)
      : writer_(writer), carts_(carts), left_(static_cast<std::ptrdiff_t>(carts.size())) {}

  void run(std::size_t waiting) {
    for (std::size_t i = 0; i < waiting; ++i) submit_next();
    left_.wait();
  }

 private:
  void submit_next() {
    const std::size_t i = next_.fetch_add(1);
    if (i >= carts_.size()) return;
    store::NewCart cart;
    cart.trip_id = bench::trip_id(i, "floor");
    cart.purchase_id = fmt::format("{:036}", i);
    cart.entry = store::Entry::card;
    cart.body = carts_[i];
    cart.first_settlement = store::SettlementState::awaiting_price;
    const bool accepted = writer_.submit<store::CartReceipt>(
        [cart = std::move(cart)](store::Ledger& ledger) { return ledger.append(cart); },
        [this](Result<store::CartReceipt> receipt) {
          if (!receipt) std::abort();
          submit_next();
          left_.count_down();
        });
    if (!accepted) std::abort();
  }

  store::LedgerThread& writer_;
  const std::vector<std::string>& carts_;
  std::atomic<std::size_t> next_ = 0;
  std::latch left_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::filesystem::path file = std::filesystem::path(argv[1]) / "floor-ledger.db";
  const auto carts = bench::carts(std::stoul(argv[2]), "floor");
  store::LedgerThread writer(file);
  if (!writer.wait_opened(std::chrono::seconds{10})) return 1;
  const auto start = std::chrono::steady_clock::now();
  Appender(writer, carts).run(std::stoul(argv[3]));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  fmt::print("rows per second: {:.0f}\n", static_cast<double>(carts.size()) / took.count());
}
