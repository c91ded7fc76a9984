#include "tests/store/disk/page_survey.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <random>
#include <set>

#include "tests/store/fixture.hpp"
#include "tests/store/sqlite/damage.hpp"

namespace gatehouse::store {
namespace {

std::string_view word_of(Damage damage) {
  switch (damage) {
    case Damage::none:
      return "none";
    case Damage::refused:
      return "refused";
    case Damage::told:
      return "told";
    case Damage::wrong:
      return "wrong";
    case Damage::unnoticed:
      return "unnoticed";
  }
  return "";
}

Finding judge(const Page& page, std::string how, const Facts& before, const Facts& after) {
  Finding found{page, std::move(how)};
  if (after.contains(refused_open)) {
    found.damage = Damage::refused;
    return found;
  }
  bool any_told = false;
  for (const auto& [question, answer] : before) {
    const auto now = after.find(question);
    if (now == after.end()) continue;  // it follows from another one, which has another answer
    any_told = any_told || now->second == an_error;
    if (now->second != an_error && now->second != answer) found.wrong.push_back(question);
  }
  if (found.wrong.empty()) {
    found.damage = any_told ? Damage::told : Damage::none;
  } else {
    found.damage = any_told ? Damage::wrong : Damage::unnoticed;
  }
  return found;
}

void copy_damaged(const std::filesystem::path& to, const std::string& bytes) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal", ".damaged"}) {
    std::filesystem::remove(to.string() + suffix);
  }
  std::ofstream(to, std::ios::binary) << bytes;
}

}  // namespace

std::vector<Page> pages_of(const std::filesystem::path& file) {
  auto database = require(sqlite::Database::open(file, sqlite::Access::read_only));
  std::vector<Page> pages;
  std::set<std::int64_t> used;
  sqlite::Statement all(database.handle(),
                        "SELECT dbstat.pageno, coalesce(sqlite_master.type, 'schema') || ' ' ||"
                        " dbstat.name || iif(pagetype = 'overflow', ', overflow', '')"
                        " FROM dbstat LEFT JOIN sqlite_master USING (name) ORDER BY pageno");
  for (auto& page : require(
           all.all([](const sqlite::Rows& row) { return Page{row.integer(0), row.string(1)}; }))) {
    used.insert(page.number);
    pages.push_back(std::move(page));
  }
  const auto count = require(database.integer("PRAGMA page_count"));
  for (std::int64_t number = 1; number <= count; ++number) {
    if (!used.contains(number)) pages.push_back({number, "free"});
  }
  return pages;
}

std::vector<Finding> survey(const std::filesystem::path& pristine, int flips, const Ask& ask) {
  const child::TemporaryFolder folder;
  const auto file = folder.path() / pristine.filename();
  const std::string bytes = contents(pristine);
  copy_damaged(file, bytes);
  const Facts before = ask(file);
  std::mt19937_64 random(7);
  std::vector<Finding> findings;
  const auto look = [&](const Page& page, std::string how, const std::string& damaged) {
    copy_damaged(file, damaged);
    findings.push_back(judge(page, std::move(how), before, ask(file)));
  };
  for (const Page& page : pages_of(pristine)) {
    const auto begin = static_cast<std::size_t>(page.number - 1) * page_size;
    std::string damaged = bytes;
    damaged.replace(begin, page_size, std::string(page_size, '\0'));
    look(page, "zeroed", damaged);
    std::vector<std::size_t> used;
    for (std::size_t at = begin; at < begin + page_size; ++at) {
      if (bytes[at] != '\0') used.push_back(at);
    }
    for (int flip = 0; flip < flips && !used.empty(); ++flip) {
      const std::size_t at = used[random() % used.size()];
      const auto bit = static_cast<int>(random() % 8);
      damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
      look(page, fmt::format("bit {} of byte {}", bit, at - begin), damaged);
    }
  }
  return findings;
}

std::string table_of(const std::vector<Finding>& findings) {
  struct Line {
    std::set<std::int64_t> pages;
    std::map<Damage, int> damages;
    std::map<std::string, int> questions;
  };
  std::map<std::string, Line> lines;
  for (const Finding& each : findings) {
    const bool zeroed = each.how == "zeroed";
    Line& line = lines[each.page.kind + (zeroed ? " | zeroed" : " | a bit")];
    line.pages.insert(each.page.number);
    ++line.damages[each.damage];
    for (const std::string& question : each.wrong) {
      ++line.questions[question.substr(0, question.find(' '))];
    }
  }
  std::string table = "kind of page | damage | pages";
  for (const Damage damage : damages) table += fmt::format(" | {}", word_of(damage));
  table += " | wrong answers\n";
  for (auto& [kind, line] : lines) {
    table += fmt::format("{} | {}", kind, line.pages.size());
    for (const Damage damage : damages) table += fmt::format(" | {}", line.damages[damage]);
    table += " |";
    for (const auto& [question, times] : line.questions) {
      table += fmt::format(" {}: {}", question, times);
    }
    table += '\n';
  }
  return table;
}

}  // namespace gatehouse::store
