#include <fmt/format.h>
#include <fmt/ranges.h>

#include "store/cache/cache.hpp"
#include "tests/store/disk/page_survey.hpp"
#include "tests/store/fixture.hpp"

// The shopper cache whose pages are damaged, and what is asked of it.
namespace gatehouse::store {
namespace {

constexpr int shoppers = 1'600;
constexpr int instruments = 60;

HashKey survey_key() {
  return HashKey::from_bytes({});
}

std::string key_of(int number) {
  return fmt::format("key-{}", number);
}

ShopperPut shopper(int number, Status status) {
  return {fmt::format("shopper:{}", number),
          fmt::format("s-{}", number),
          number % 50 == 0 ? Role::associate : Role::shopper,
          status,
          {key_of(number)},
          fmt::format(R"({{"level":{}}})", number)};
}

std::string instrument_id(int number) {
  return fmt::format("amzn-{}", number);
}

std::string shopper_text(const std::optional<Shopper>& found) {
  if (!found) return "nobody";
  return fmt::format("{} {} {}", found->shopper_id, static_cast<int>(found->role),
                     static_cast<int>(found->status));
}
std::string loyalty_text(const std::optional<Loyalty>& found) {
  return found ? fmt::format("{} {}", static_cast<int>(found->status), found->json) : "nobody";
}
std::string instrument_text(const std::optional<Instrument>& found) {
  if (!found) return "nothing";
  return fmt::format("{} {} {} {}", found->outstanding ? found->outstanding->minor : -1,
                     fmt::join(found->risks, ","), static_cast<int>(found->decision),
                     found->unclear);
}

template <class T, class AsText>
std::string said(const Result<T>& answer, const AsText& as_text) {
  return answer ? as_text(*answer) : an_error;
}

}  // namespace

void make_cache(const std::filesystem::path& file) {
  CacheVersion version;
  CacheWriter writer = require(CacheWriter::open(file, survey_key(), version));
  std::vector<ShopperChange> changes;
  for (int i = 0; i < shoppers; ++i) {
    changes.emplace_back(shopper(i, i % 7 == 0 ? Status::blocked : Status::active));
  }
  for (int i = 0; i < instruments; ++i) {
    InstrumentPut put{std::string(instrument_prefix) + instrument_id(i), {}};
    put.instrument.risks = {"CHARGEBACK"};
    put.instrument.decision = i % 3 == 0 ? InstrumentDecision::deny : InstrumentDecision::none;
    if (i % 2 == 0) put.instrument.outstanding = Money{100 + i, "USD"};
    changes.emplace_back(std::move(put));
  }
  for (int i = 0; i < 5; ++i) changes.emplace_back(DocumentUnclear{fmt::format("x{}", i), "why"});
  require(writer.apply(changes, {"77", true, at(1'000)}));
}

Facts facts_of_cache(const std::filesystem::path& file) {
  CacheVersion version;
  auto writer = CacheWriter::open(file, survey_key(), version);
  if (!writer) return {{refused_open, writer.error().message}};
  if (!writer->rebuilt().empty()) return {{refused_open, writer->rebuilt()}};
  auto reader = CacheReader::open(file, survey_key(), version);
  if (!reader) return {{refused_open, reader.error().message}};
  Facts facts;
  const SteadyTime now{};
  for (int i = 0; i < shoppers; ++i) {
    facts[fmt::format("scanned {}", i)] = said(reader->find(key_of(i), now), shopper_text);
    facts[fmt::format("loyalty-key {}", i)] =
        said(reader->loyalty_of_key(key_of(i), now), loyalty_text);
    facts[fmt::format("loyalty-shopper {}", i)] =
        said(reader->loyalty_of_shopper(fmt::format("s-{}", i), now), loyalty_text);
  }
  for (int i = 0; i < instruments; ++i) {
    facts[fmt::format("instrument {}", i)] =
        said(reader->instrument(instrument_id(i), now), instrument_text);
  }
  facts["cursor 1"] = said(reader->position(), [](const auto& found) { return found.cursor; });
  // All are blocked now; whoever is not, is let in.
  for (int i = 1; i < shoppers; i += 37) {
    const std::vector<ShopperChange> block{shopper(i, Status::blocked)};
    const auto taken = writer->apply(block, {"78", true, at(2'000)});
    facts[fmt::format("blocked {}", i)] =
        taken ? said(reader->find(key_of(i), now), shopper_text) : an_error;
  }
  return facts;
}

}  // namespace gatehouse::store
