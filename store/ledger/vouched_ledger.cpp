#include "store/ledger/vouched_ledger.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <functional>
#include <random>
#include <utility>

#include "store/values/durable_file.hpp"
#include "store/values/sha256.hpp"
#include "store/values/text/hexadecimal.hpp"

namespace gatehouse::store {
namespace {

/// A random UUID (version 4).
std::string new_id() {
  std::random_device random;
  std::string hex;
  for (int i = 0; i < 4; ++i) hex += fmt::format("{:08x}", random());
  hex[12] = '4';
  hex[16] = "89ab"[random() % 4];
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20));
}

Result<> in_one_commit(Ledger& ledger, std::move_only_function<Result<>()> work) {
  Result<> done = ledger.begin();
  if (done) done = work();
  if (done) return ledger.commit();
  ledger.rollback();
  return done;
}

/// '' : it has no id, as in some containers. A hash of it: the id itself is confidential.
std::string this_machine() {
  constexpr std::size_t id_max_bytes = 64;
  constexpr std::size_t digits = 16;
  const auto id = read_file("/etc/machine-id", id_max_bytes);
  return id && id->size() > 1 ? hexadecimal(sha256(*id)).substr(0, digits) : "";
}

/// nullopt: the file system does not say.
std::optional<LedgerFile> ledger_file_of(const std::filesystem::path& path) {
  struct statx found{};
  constexpr unsigned wanted = STATX_INO | STATX_BTIME | STATX_CTIME;
  if (::statx(AT_FDCWD, path.c_str(), 0, wanted, &found) != 0) return std::nullopt;
  if ((found.stx_mask & STATX_INO) == 0) return std::nullopt;
  LedgerFile file{.number = static_cast<std::int64_t>(found.stx_ino), .machine = this_machine()};
  constexpr std::int64_t second_ns = 1'000'000'000;
  constexpr std::int64_t second_ms = 1'000;
  constexpr std::int64_t ms_ns = second_ns / second_ms;
  if ((found.stx_mask & STATX_BTIME) != 0) {
    file.born_ns = found.stx_btime.tv_sec * second_ns + found.stx_btime.tv_nsec;
  }
  if ((found.stx_mask & STATX_CTIME) != 0) {
    file.changed_at = from_unix_ms(found.stx_ctime.tv_sec * second_ms +
                                   static_cast<std::int64_t>(found.stx_ctime.tv_nsec) / ms_ns);
  }
  return file;
}

/// Where it is now, with when it was changed before it was opened.
std::optional<LedgerFile> with_change(std::optional<LedgerFile> opened,
                                      const std::optional<LedgerFile>& before) {
  if (opened) opened->changed_at = before ? before->changed_at : std::nullopt;
  return opened;
}

/// What is to be on record before anything else happens to the ledger.
Result<> put_on_record(Ledger& ledger, const WitnessView& witness,
                       const std::optional<LedgerFile>& file, WallTime now) {
  auto view = ledger.view(witness.mark);
  if (!view) return propagate(std::move(view));
  const bool same_file = !file || (view->file && is_same(*view->file, *file));
  view->copied = view->file && file && is_copy(*view->file, *file, witness);
  const auto gap = find_gap(witness, *view);
  if (!gap && !view->mark.id.empty() && same_file) return {};
  return in_one_commit(ledger, [&]() -> Result<> {
    Result<> done;
    if (view->mark.id.empty()) {
      done = ledger.identify(new_id(), now, view->fresh ? std::optional(now) : std::nullopt);
    }
    if (done && !same_file) done = ledger.note_file(*file);
    if (!done || !gap) return done;
    // Our clock may stand in the past; that of the last write is known to be over.
    const WallTime found_at = std::max(now, witness.written_at);
    return ledger.note_gap({*gap, found_at, witness.mark, view->mark.sequence});
  });
}

}  // namespace

Result<VouchedLedger> open_vouched(const std::filesystem::path& ledger_file, WallTime now) {
  const auto witness_file = Witness::beside(ledger_file);
  const WitnessView said = Witness::look(witness_file);
  const auto before = ledger_file_of(ledger_file);
  auto ledger = Ledger::open(ledger_file);
  if (!ledger) return propagate(std::move(ledger));
  const auto file = with_change(ledger_file_of(ledger_file), before);
  if (Result<> recorded = put_on_record(*ledger, said, file, now); !recorded) {
    return propagate(std::move(recorded), "comparing the ledger with its witness");
  }
  Result<> doubted = in_one_commit(*ledger, [&] { return ledger->doubt_refunds_under_way(); });
  if (!doubted && doubted.error().remedy != Remedy::repair) {
    return propagate(std::move(doubted), "looking for refunds that were under way");
  }
  std::string damage = doubted ? "" : std::move(doubted.error().message);
  milliseconds behind{0};
  if (said.state == WitnessView::State::read) behind = std::max(said.written_at - now, behind);
  auto witness = Witness::open(witness_file, ledger->mark(), now);
  if (!witness) {
    return VouchedLedger{std::move(*ledger), std::nullopt, witness.error().message, behind,
                         std::move(damage)};
  }
  // Only now: a ledger that says so and has none is a matter for a person.
  Result<> noted = in_one_commit(*ledger, [&] { return ledger->note_witness(); });
  if (noted) noted = witness->write(ledger->mark(), now);
  if (!noted) return propagate(std::move(noted), "noting that the ledger has a witness");
  return VouchedLedger{std::move(*ledger), std::move(*witness), "", behind, std::move(damage)};
}

}  // namespace gatehouse::store
