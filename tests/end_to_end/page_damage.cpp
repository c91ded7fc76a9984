#include "tests/end_to_end/page_damage.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>

#include "store/sqlite/database.hpp"
#include "tests/end_to_end/client.hpp"
#include "tests/store/sqlite/damage.hpp"

namespace gatehouse::end_to_end {
namespace {

using store::sqlite::Access;
using store::sqlite::Database;
using store::sqlite::Rows;
using store::sqlite::Statement;

const char* query_for(Place place) {
  switch (place) {
    case Place::root:
      return "SELECT pageno FROM dbstat WHERE name = ?1 AND path = '/'";
    case Place::first_leaf:
      return "SELECT pageno FROM dbstat WHERE name = ?1 AND pagetype = 'leaf' ORDER BY path";
    case Place::last_leaf:
      return "SELECT pageno FROM dbstat WHERE name = ?1 AND pagetype = 'leaf' ORDER BY path DESC";
    case Place::overflow:
      return "SELECT pageno FROM dbstat WHERE name = ?1 AND pagetype = 'overflow' ORDER BY path";
    case Place::free:
      break;
  }
  throw std::invalid_argument("free pages have no name");
}

/// SQLite's header has it in bytes 32 to 35, big-endian.
std::int64_t first_free_page(const std::filesystem::path& file) {
  const std::string bytes = store::contents(file).substr(32, 4);
  std::int64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

std::string to_text(const PageKind& kind) {
  if (kind.of == "sqlite_schema" && kind.place == Place::root) return "page 1";
  switch (kind.place) {
    case Place::root:
      return kind.of + ", root";
    case Place::first_leaf:
      return kind.of + ", first leaf";
    case Place::last_leaf:
      return kind.of + ", last leaf";
    case Place::overflow:
      return kind.of + ", overflow";
    case Place::free:
      break;
  }
  return "free";
}

}  // namespace

std::string to_text(const Trial& trial) {
  return fmt::format("{} | {} | {}", to_text(trial.page),
                     trial.harm == Harm::zeroed ? "zeroed" : "one bit",
                     trial.when == When::at_start ? "at the start" : "running");
}

std::vector<Trial> trials_of(const std::vector<PageKind>& pages) {
  const bool all = std::getenv("GATEHOUSE_NIGHTLY") != nullptr;
  std::vector<Trial> trials;
  for (unsigned page = 0; page < pages.size(); ++page) {
    for (unsigned way = 0; way < 4; ++way) {
      // Turned by one after four pages, so that the leaves of one table meet different ways.
      if (!all && way != (page + page / 4) % 4) continue;
      trials.push_back({pages[page], way % 2 == 0 ? Harm::zeroed : Harm::flipped,
                        way / 2 == 0 ? When::at_start : When::running, page * 4 + way});
    }
  }
  return trials;
}

std::set<std::string> warnings_of(const Box& box, const std::string& prefix) {
  std::set<std::string> found;
  const auto status = nlohmann::json::parse(get(box.local_port(), "/local/v1/status").body);
  for (const auto& each : status.at("warnings")) {
    const std::string code = each.at("code");
    if (!code.starts_with(prefix)) continue;
    found.insert(fmt::format("{} ({})", code, std::string(each.at("severity"))));
  }
  return found;
}

const std::vector<PageKind>& pages_of_ledger() {
  static const std::vector<PageKind> pages{
      {"sqlite_schema", Place::root},
      {"sqlite_schema", Place::last_leaf},
      {"trip", Place::root},
      {"trip", Place::first_leaf},
      {"trip", Place::last_leaf},
      {"trip", Place::overflow},
      {"sqlite_autoindex_trip_1", Place::root},
      {"settlement", Place::root},
      {"settlement", Place::first_leaf},
      {"settlement", Place::last_leaf},
      {"delivery", Place::root},
      {"delivery", Place::first_leaf},
      {"delivery", Place::last_leaf},
      {"delivery_ready", Place::root},
      {"delivery_by_trip", Place::root},
      {"settlement_due", Place::root},
      {"settlement_by_state", Place::root},
      {"settlement_history", Place::last_leaf},
      {"ledger_identity", Place::root},
      {"ledger_era", Place::root},
      {"", Place::free},
  };
  return pages;
}

const std::vector<PageKind>& pages_of_cache() {
  static const std::vector<PageKind> pages{
      {"sqlite_schema", Place::root},
      {"shopper", Place::root},
      {"shopper", Place::first_leaf},
      {"shopper", Place::last_leaf},
      {"sqlite_autoindex_shopper_1", Place::root},
      {"sqlite_autoindex_shopper_1", Place::first_leaf},
      {"sqlite_autoindex_shopper_1", Place::last_leaf},
      {"shopper_by_shopper_id", Place::root},
      {"shopper_by_shopper_id", Place::first_leaf},
      {"shopper_by_shopper_id", Place::last_leaf},
      {"credential", Place::root},
      {"credential", Place::first_leaf},
      {"credential", Place::last_leaf},
      {"feed_position", Place::root},
      {"instrument", Place::root},
      {"instrument", Place::first_leaf},
      {"instrument", Place::last_leaf},
      {"unclear_document", Place::root},
      {"sqlite_schema", Place::last_leaf},
      {"", Place::free},
  };
  return pages;
}

void free_some_pages(const std::filesystem::path& file) {
  auto database = Database::open(file, Access::create).value();
  (void)database
      .execute(
          "CREATE TABLE spare (bytes BLOB); INSERT INTO spare VALUES (zeroblob(60000));"
          " DROP TABLE spare")
      .value();
}

std::int64_t find_page(const std::filesystem::path& file, const PageKind& kind) {
  if (kind.place == Place::free) return first_free_page(file);
  auto database = Database::open(file, Access::read_only).value();
  Statement find(database.handle(), query_for(kind.place));
  const auto read = [](const Rows& row) { return row.integer(0); };
  const auto found = find.first(read, std::string_view(kind.of)).value();
  if (!found) throw std::runtime_error("there is no such page: " + to_text(kind));
  return *found;
}

std::string page_in(const std::filesystem::path& file, std::int64_t page) {
  return store::contents(file).substr(static_cast<std::size_t>(page - 1) * store::page_size,
                                      store::page_size);
}

void damage(const std::filesystem::path& file, std::int64_t page, const Trial& trial) {
  const auto begin = static_cast<std::size_t>(page - 1) * store::page_size;
  if (trial.harm == Harm::zeroed) {
    return store::overwrite(file, begin, std::string(store::page_size, '\0'));
  }
  const std::string bytes = page_in(file, page);
  std::vector<std::size_t> used;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (bytes[at] != '\0') used.push_back(at);
  }
  if (used.empty()) throw std::runtime_error("the page is empty");
  std::mt19937_64 random(trial.seed);
  const std::size_t at = used[random() % used.size()];
  const auto flipped = static_cast<char>(bytes[at] ^ (1 << random() % 8));
  store::overwrite(file, begin + at, std::string(1, flipped));
}

}  // namespace gatehouse::end_to_end
