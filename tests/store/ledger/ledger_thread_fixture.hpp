#pragma once

#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <memory>
#include <string>

#include "store/ledger/ledger_thread.hpp"
#include "tests/store/fixture.hpp"

namespace gatehouse::store {

inline constexpr std::chrono::seconds patience{20};

class LedgerThreadFixture : public testing::Test {
 protected:
  using Receipt = std::future<Result<CartReceipt>>;

  void start(LedgerThreadOptions options = {}) {
    writer.emplace(file, options);
    if (!writer->wait_opened(patience)) throw std::runtime_error(writer->trouble());
  }

  /// Its answer; nullopt where the writer did not accept it.
  std::optional<Receipt> offer(const NewCart& cart) {
    auto answer = std::make_shared<std::promise<Result<CartReceipt>>>();
    Receipt receipt = answer->get_future();
    const bool accepted = writer->submit<CartReceipt>(
        [cart](Ledger& ledger) { return ledger.append(cart); },
        [answer](Result<CartReceipt> result) { answer->set_value(std::move(result)); });
    return accepted ? std::optional(std::move(receipt)) : std::nullopt;
  }
  Result<CartReceipt> wait(std::optional<Receipt> receipt) {
    if (!receipt) throw std::runtime_error("not accepted");
    if (receipt->wait_for(patience) != std::future_status::ready) {
      throw std::runtime_error("no answer");
    }
    return receipt->get();
  }
  Result<CartReceipt> append(const NewCart& cart) { return wait(offer(cart)); }

  /// Keeps the ledger thread busy until the latch is counted down.
  void hold(const std::shared_ptr<std::latch>& released) {
    const auto held = std::make_shared<std::latch>(1);
    ASSERT_TRUE(writer->submit<void>(
        [held, released](Ledger&) -> Result<> {
          held->count_down();
          released->wait();
          return {};
        },
        [](const Result<>&) {}));
    held->wait();
  }

  std::int64_t trips() { return require(require(LedgerReader::open(file)).counts()).trips; }
  bool has(const std::string& trip_id) {
    return require(require(LedgerReader::open(file)).trip(trip_id)).has_value();
  }
  /// True once `condition` holds; false when patience ends.
  template <class Condition>
  static bool eventually(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      child::pause();
    }
    return true;
  }

  child::TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "ledger.db";
  std::optional<LedgerThread> writer;
};

}  // namespace gatehouse::store
