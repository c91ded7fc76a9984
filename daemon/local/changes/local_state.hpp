#pragma once

#include <boost/asio/awaitable.hpp>

#include <optional>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "daemon/http/exchange.hpp"
#include "daemon/local/request/local_options.hpp"
#include "daemon/local/request/routes.hpp"
#include "daemon/local/view/metrics.hpp"
#include "daemon/local/warnings/warnings.hpp"
#include "store/ledger/ledger_reader.hpp"
#include "store/ledger/ledger_thread.hpp"

namespace gatehouse::local {

/// What the handlers share. Everything on the loop.
struct LocalState {
  LocalOptions options;
  std::filesystem::path ledger_file;
  store::LedgerThread& writer;
  const Metrics& metrics;
  FactsSource process_facts;
  const Clock& clock;
  boost::asio::io_context& loop;

  store::LedgerReader ledger{};  ///< only after open_ledger()
  Facts counted{};               ///< only its ledger part, as of `counted_at`
  std::optional<SteadyTime> counted_at{};

  [[nodiscard]] Facts facts();
  /// Remedy::retry: there is no ledger at the moment.
  [[nodiscard]] Result<> open_ledger();
  [[nodiscard]] Result<store::LedgerCounts> counts();
  void count_ledger();

  [[nodiscard]] http::Answer status_answer();
  [[nodiscard]] http::Answer page_answer();
  [[nodiscard]] http::Answer ready_answer();
  [[nodiscard]] http::Answer metrics_answer();
  [[nodiscard]] http::Answer trip_answer(const std::string& trip_id);
  [[nodiscard]] http::Answer records_answer(const Target& target);
  [[nodiscard]] http::Answer read(Action action, const std::string& argument, const Target& target);

  // (changes.cpp)
  boost::asio::awaitable<http::Answer> charge(std::string trip_id, std::string_view body);
  boost::asio::awaitable<http::Answer> retry(std::string id);
  boost::asio::awaitable<http::Answer> change(Action action, std::string argument,
                                              std::string_view body);
  // (operator_changes.cpp)
  boost::asio::awaitable<http::Answer> refund(std::string trip_id, std::string_view body);
  boost::asio::awaitable<http::Answer> act(Action action, std::string trip_id,
                                           std::string_view body);
  // (bulk_changes.cpp)
  boost::asio::awaitable<http::Answer> retry_all(std::string_view body);
  boost::asio::awaitable<http::Answer> release_all(std::string_view body);

  // (ledger_changes.cpp)
  boost::asio::awaitable<http::Answer> accept_ledger(std::string_view body);

  boost::asio::awaitable<http::Answer> answer(const http::Request& request, bool changes_allowed);
};

}  // namespace gatehouse::local
