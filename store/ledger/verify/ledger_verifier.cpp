#include "store/ledger/verify/ledger_verifier.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "store/ledger/verify/walk_state.hpp"
#include "store/sql/ledger_migrations.hpp"
#include "store/sqlite/migrations.hpp"

namespace gatehouse::store {

Result<LedgerVerifier> LedgerVerifier::open(const std::filesystem::path& file) {
  auto tables = sqlite::shape_of(sql::ledger_migrations, std::size(sql::ledger_migrations));
  if (!tables) return propagate(std::move(tables), "preparing to verify the ledger");
  auto state = std::make_unique<State>(file, std::move(*tables));
  if (Result<> connected = state->connect(); !connected) return propagate(std::move(connected));
  return LedgerVerifier(std::move(state));
}

LedgerVerifier::LedgerVerifier(std::unique_ptr<State> state) : state_(std::move(state)) {}
LedgerVerifier::~LedgerVerifier() = default;
LedgerVerifier::LedgerVerifier(LedgerVerifier&&) noexcept = default;
LedgerVerifier& LedgerVerifier::operator=(LedgerVerifier&&) noexcept = default;

Result<> LedgerVerifier::State::connect() {
  connection_.reset();
  auto database = sqlite::Database::open(file_, sqlite::Access::read_only);
  if (!database) return propagate(std::move(database), "opening the ledger to verify it");
  Result<> current = sqlite::require_current(*database, sql::ledger_migrations);
  if (!current) {
    return propagate(std::move(current), fmt::format("opening {} to verify it", file_.string()));
  }
  connection_.emplace(std::move(*database));
  return {};
}

void LedgerVerifier::State::leave_part(WalkPlace& place) const {
  const bool was_last = place.part == tables_[place.table].indexes.size();
  place = {.table = was_last ? place.table + 1 : place.table,
           .part = was_last ? 0 : place.part + 1};
}

Result<WalkPiece> LedgerVerifier::State::read_piece() {
  if (!connection_) {
    if (Result<> connected = connect(); !connected) return propagate(std::move(connected));
  }
  auto snapshot = connection_->snapshot();
  if (!snapshot) return propagate(std::move(snapshot));
  auto piece = place_.part == 0 ? read_rows() : read_entries();
  could_not_read_ = !piece && connection_->failed_to_read();
  return piece;
}

/// Of an index that is damaged each of its rows says so: a second reading of each is no news.
bool LedgerVerifier::State::is_news(const std::vector<DamagedPlace>& found) const {
  return std::ranges::any_of(
      found, [this](const auto& place) { return !damaged_indexes_.contains(place.index); });
}

/// What looks damaged is read once more, and not from what SQLite has kept of it.
Result<WalkPiece> LedgerVerifier::State::read_carefully() {
  could_not_read_ = false;
  auto piece = read_piece();
  const bool is_damaged =
      piece ? is_news(piece->read.found) : piece.error().remedy != Remedy::retry;
  if (is_damaged) {
    connection_.reset();
    piece = read_piece();
  }
  if (piece || !could_not_read_ || !failed_here_) return piece;
  // The second time at this place. A disk that gives nothing at all cannot be opened again.
  connection_.reset();
  could_not_read_ = false;
  unreadable_is_damage_ = true;
  piece = read_piece();
  unreadable_is_damage_ = false;
  return piece;
}

bool LedgerVerifier::State::is_damage(const Error& error) const {
  return error.remedy != Remedy::retry || (unreadable_is_damage_ && connection_->failed_to_read());
}

void LedgerVerifier::rest() {
  state_->connection_.reset();
}

Result<VerifyStep> LedgerVerifier::step(const VerifyBudget& budget, const Clock& clock) {
  VerifyStep step;
  const SteadyTime until = clock.steady() + budget.time_max;
  do {
    auto piece = state_->read_carefully();
    if (!piece && (step.rows > 0 || !step.found.empty())) return step;
    if (!piece) {
      state_->failed_here_ = state_->failed_here_ || state_->could_not_read_;
      return propagate(std::move(piece), "verifying the ledger");
    }
    state_->failed_here_ = false;
    step.rows += piece->read.rows;
    step.bytes += piece->read.bytes;
    for (DamagedPlace& place : piece->read.found) {
      if (!place.index.empty()) state_->damaged_indexes_.insert(place.index);
      add_place(step.found, std::move(place), step.found.size() + 1);
    }
    state_->place_ = std::move(piece->next);
    step.ended = state_->place_.table == state_->tables_.size();
  } while (!step.ended && step.rows < budget.rows_max && step.bytes < budget.bytes_max &&
           clock.steady() < until);
  if (step.ended) {
    state_->place_ = {};
    state_->damaged_indexes_.clear();
  }
  return step;
}

}  // namespace gatehouse::store
