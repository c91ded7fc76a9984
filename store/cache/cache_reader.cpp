#include "store/cache/cache.hpp"
#include "store/cache/cache_file.hpp"
#include "store/cache/instrument_table.hpp"
#include "store/sql/cache_sql.hpp"
#include "store/sqlite/transaction.hpp"

namespace gatehouse::store {
namespace {

constexpr milliseconds snapshot_age_max{100};
// Pages are read in place instead of copied; a cache of 10 M shoppers has about 560 MB.
constexpr const char* map_file = "PRAGMA mmap_size = 1073741824";

// Whoever wrote a row knew these numbers; where there is another one, a bit of the page has
// changed.
bool is_known(Role role) {
  return role == Role::shopper || role == Role::associate;
}
bool is_known(Status status) {
  return status == Status::active || status == Status::blocked;
}
bool is_known(InstrumentDecision decision) {
  return decision >= InstrumentDecision::none && decision <= InstrumentDecision::deny;
}
bool is_one_of_ours(const Shopper& shopper) {
  return is_known(shopper.role) && is_known(shopper.status);
}
bool is_one_of_ours(const Loyalty& loyalty) {
  return is_known(loyalty.status);
}
bool is_one_of_ours(const Instrument& instrument) {
  return is_known(instrument.decision);
}

Loyalty read_loyalty(const sqlite::Rows& row) {
  return {row.enumeration<Status>(0), row.string(1)};
}

}  // namespace

struct CacheReader::State {
  State(sqlite::Database database, const HashKey& key, CacheVersion& version)
      : database_(std::move(database)),
        transactions_(database_),
        hasher_(key),
        version_(&version) {}

  Result<> renew_snapshot(SteadyTime now);
  void end_snapshot() noexcept;
  /// Runs `query` in the current snapshot. What it fails with is looked at for damage.
  template <class Query>
  auto in_snapshot_do(SteadyTime now, std::string_view what, const Query& query)
      -> decltype(query());

  sqlite::Database database_;
  sqlite::TransactionStatements transactions_;
  KeyHasher hasher_;
  CacheVersion* version_;
  bool in_snapshot_ = false;
  std::uint64_t snapshot_version_ = 0;
  SteadyTime snapshot_at_;

  sqlite::Statement find_shopper_ = prepare(cache_sql::find_shopper);
  sqlite::Statement loyalty_of_key_ = prepare(cache_sql::loyalty_of_key);
  sqlite::Statement loyalty_of_shopper_ = prepare(cache_sql::loyalty_of_shopper);
  sqlite::Statement select_position_ = prepare(cache_sql::select_position);
  InstrumentTable instruments_{database_};

 private:
  [[nodiscard]] sqlite::Statement prepare(const sqlite::NamedStatement& named) const {
    return {database_.handle(), named};
  }
};

Result<CacheReader> CacheReader::open(const std::filesystem::path& file, const HashKey& key,
                                      CacheVersion& version) {
  auto database = open_cache_to_read(file);
  if (!database) return propagate(std::move(database), "opening the shopper cache to read");
  if (Result<> mapped = database->execute(map_file); !mapped) {
    return propagate(std::move(mapped));
  }
  return CacheReader(std::make_unique<State>(std::move(*database), key, version));
}

CacheReader::CacheReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
CacheReader::~CacheReader() = default;
CacheReader::CacheReader(CacheReader&&) noexcept = default;
CacheReader& CacheReader::operator=(CacheReader&&) noexcept = default;

template <class Query>
auto CacheReader::State::in_snapshot_do(SteadyTime now, std::string_view what, const Query& query)
    -> decltype(query()) {
  if (Result<> renewed = renew_snapshot(now); !renewed) {
    return propagate(std::move(renewed), what);
  }
  auto found = query();
  if (found && (!*found || is_one_of_ours(**found))) return found;
  if (found) {
    version_->damaged.store(true, std::memory_order_relaxed);
    found = std::unexpected(damage_error({Remedy::repair, "a row has a number that nobody wrote"}));
  } else {
    found = look_for_damage(database_, *version_, std::move(found));
  }
  end_snapshot();
  return propagate(std::move(found), what);
}

Result<std::optional<Shopper>> CacheReader::find(std::string_view key, SteadyTime now) {
  return state_->in_snapshot_do(now, "looking up a shopper", [&] {
    const KeyHash hash = state_->hasher_.hash(key);
    const auto read = [](const sqlite::Rows& row) {
      return Shopper{row.string(0), row.enumeration<Role>(1), row.enumeration<Status>(2)};
    };
    return state_->find_shopper_.first(read, as_blob(hash));
  });
}

Result<std::optional<Loyalty>> CacheReader::loyalty_of_key(std::string_view key, SteadyTime now) {
  return state_->in_snapshot_do(now, "looking up a loyalty", [&] {
    const KeyHash hash = state_->hasher_.hash(key);
    return state_->loyalty_of_key_.first(read_loyalty, as_blob(hash));
  });
}

Result<std::optional<Loyalty>> CacheReader::loyalty_of_shopper(std::string_view shopper_id,
                                                               SteadyTime now) {
  return state_->in_snapshot_do(now, "looking up a loyalty", [&] {
    return state_->loyalty_of_shopper_.first(read_loyalty, shopper_id);
  });
}

Result<std::optional<Instrument>> CacheReader::instrument(std::string_view id, SteadyTime now) {
  return state_->in_snapshot_do(now, "looking up an instrument",
                                [&] { return state_->instruments_.find(id); });
}

void CacheReader::release(SteadyTime now) noexcept {
  if (state_->in_snapshot_ && now - state_->snapshot_at_ >= snapshot_age_max) {
    state_->end_snapshot();
  }
}

Result<FeedPosition> CacheReader::position() {
  // Not from an older snapshot than the writer's last commit.
  if (state_->version_->commits.load(std::memory_order_acquire) != state_->snapshot_version_) {
    state_->end_snapshot();
  }
  auto position = look_for_damage(state_->database_, *state_->version_,
                                  state_->select_position_.first(read_position));
  if (!position) return propagate(std::move(position));
  return position->value_or(FeedPosition{});
}

Result<> CacheReader::State::renew_snapshot(SteadyTime now) {
  const std::uint64_t current = version_->commits.load(std::memory_order_acquire);
  if (in_snapshot_ && current == snapshot_version_ && now - snapshot_at_ < snapshot_age_max) {
    return {};
  }
  end_snapshot();
  if (Result<> begun = transactions_.begin_read.run(); !begun) return begun;
  in_snapshot_ = true;
  snapshot_version_ = current;
  snapshot_at_ = now;
  return {};
}

void CacheReader::State::end_snapshot() noexcept {
  if (!in_snapshot_) return;
  in_snapshot_ = false;
  if (!transactions_.commit.run()) (void)transactions_.rollback.run();
}

}  // namespace gatehouse::store
