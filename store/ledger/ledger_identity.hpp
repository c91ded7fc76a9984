#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/ledger/records/number_range.hpp"
#include "store/values/money.hpp"
#include "store/values/time.hpp"

namespace gatehouse::store {

/// Which ledger, and how far it is. Two marks of one id and era are of one history, and the higher
/// sequence has seen all that the lower one has.
struct LedgerMark {
  std::string id;             ///< a UUID, made with the ledger; '' : none yet
  std::int64_t era = 1;       ///< another, higher one after each gap in its history (next_era)
  std::int64_t sequence = 0;  ///< one higher with each commit that changed anything

  bool operator==(const LedgerMark&) const = default;
};

/// "<id>.<era>", which each delivery carries (Gatehouse-Ledger) and a price may name; '' without
/// id.
[[nodiscard]] std::string ledger_name(const LedgerMark& mark);

/// What a price may do here, by the ledger that it names.
enum class Grant {
  unsaid,   ///< it names none: charged, unless one is required
  vouched,  ///< this ledger in this era: so the cloud has this cart from us, and from nobody before
            ///< us. What a lost history, or another box, may have done to the trip it did not do
  earlier,  ///< this ledger before a gap: ours, but what the lost history did is not known. Unless
            ///< that cannot have had the trip: then it is not lost, and this is a copy of it
  another,  ///< another ledger, or this one in an era that it was never in: that of a copy, or one
            ///< that was lost with its history
};
/// The era in which a price names this ledger; nullopt: it names another one, or is no name. Pure.
[[nodiscard]] std::optional<std::int64_t> era_named(std::string_view named, const LedgerMark& mark);
/// What a price may do that names this ledger in `era`, which it `left`. Pure.
[[nodiscard]] Grant grant_of_era(std::int64_t era, bool left, const LedgerMark& mark);

/// Which file of its file system a ledger is in. A copy is another file, whatever it is called. The
/// device is not part of it: its number may change from one start to the next.
struct LedgerFile {
  std::int64_t number = 0;   ///< of its inode
  std::int64_t born_ns = 0;  ///< when that was made, by the clock of then; 0: not told here
  std::string machine{};     ///< on which it is (a hash of its id), '' : not told
  /// When anything about it was changed last, before it was opened now; nullopt: not told.
  std::optional<WallTime> changed_at{};
};
/// All that is noted of it is alike.
[[nodiscard]] bool is_same(const LedgerFile& one, const LedgerFile& other);

/// The number of the era that begins after `last`, the highest that is known, at `at` in `file`. A
/// copy and its original find their gaps, or have them accepted, each for itself. So a leap of up
/// to era_leap_max, which follows from what differs between them, keeps them from coming to one
/// era, by which a price would name both. `last` is era_max at most. Pure.
[[nodiscard]] std::int64_t next_era(std::int64_t last, WallTime at, const LedgerFile& file);
inline constexpr std::int64_t era_leap_max = std::int64_t{1} << 31;
/// A million gaps and more, and a number that JSON has exactly. Beyond it is damage.
inline constexpr std::int64_t era_max = std::int64_t{1} << 52;

/// What is the matter with the history of a ledger. The numbers are on disk: only add.
enum class GapKind : int {
  missing = 1,       ///< there was a ledger, and its file is gone or empty
  other = 2,         ///< another ledger was here last
  behind = 3,        ///< it lacks commits that there were: an older copy, or a lost log
  witness_lost = 4,  ///< nothing outside the file says how far it was; it may lack nothing
  copied = 5,        ///< it and its witness are copies: it may lack what came since, and the
                     ///< original may be in use by another box
};
[[nodiscard]] constexpr NumberRange numbers_of(GapKind) {
  return {1, 5};
}
[[nodiscard]] std::string_view to_text(GapKind kind);
/// Trips may have been charged that the ledger knows nothing of.
[[nodiscard]] inline bool withholds(GapKind kind) {
  return kind != GapKind::witness_lost;
}

/// Trips that began so long after a gap was found are older than it by Amazon's clock, perhaps.
inline constexpr std::chrono::minutes gap_clock_tolerance{15};

/// A new ledger without a witness is that of a new box, or of one that was replaced. So a trip that
/// began before it was created may have been charged by another one, and is withheld.
///
/// When it was created is known by this box's clock alone, until others confirm it: then
/// Ledger::confirm_opening() puts the right time in its place. What began less than birth_tolerance
/// before is charged: so far off may a clock be that is confirmed, and no trip begins, ends and is
/// charged within that time. What began more than birth_doubt_max before is charged, too: the clock
/// was wrong, or Amazon refuses it, for its tokens live 46 hours. Until it is confirmed, a clock
/// that stood in the past withholds nothing; but Amazon takes no call by such a clock.
inline constexpr std::chrono::minutes birth_tolerance{2};
inline constexpr std::chrono::days birth_doubt_max{7};

/// A gap that nobody has accepted yet.
struct LedgerGap {
  GapKind kind = GapKind::missing;
  WallTime found_at;
  LedgerMark expected;        ///< what the witness said; no id: it could not be read
  std::int64_t sequence = 0;  ///< what the ledger had
};

/// Charges that wait because of a gap.
struct WithheldCharges {
  std::int64_t count = 0;
  std::int64_t without_price = 0;
  std::vector<Money> sums{};  ///< of those with a price, one a currency
};

/// What the witness says at an open.
struct WitnessView {
  enum class State { none, unreadable, read };
  State state = State::none;
  LedgerMark mark{};      ///< only where it was read
  WallTime written_at{};  ///< by the clock of then
};

/// What the ledger says of itself at an open.
struct LedgerView {
  bool fresh = false;      ///< made just now, or at a start that came no further
  bool witnessed = false;  ///< it had a witness
  LedgerMark mark{};
  bool copied = false;                    ///< it is in another file than it was
  std::optional<LedgerFile> file{};       ///< in which it was; nullopt: that is not on record
  std::optional<LedgerMark> known_gap{};  ///< what the witness said when a gap was found last
  /// How many commits there had been when it left the era that the witness names; nullopt: it did
  /// not leave that one.
  std::optional<std::int64_t> left_at{};
};

/// The last change of the file itself comes so long after the last word of the witness at most:
/// what a clean stop still writes into it.
inline constexpr std::chrono::seconds file_closed_max{10};

/// Whether the ledger is in a copy of the file that it was in. Pure.
///
/// Where the file system tells when a file was made, that alone decides: it is another one in each
/// copy, and the same under whatever number (an overlay, or a network, may number its files anew
/// at each start). Where it does not, another number decides nothing by itself. It is a copy if
/// the machine is another one, if there is no witness that can be read, or if the file was changed
/// after the witness had its last word: whoever copies a file, or moves it, does that.
[[nodiscard]] bool is_copy(const LedgerFile& was, const LedgerFile& is, const WitnessView& witness);

/// Whether the history of a ledger can be vouched for; nullopt: it can. Pure.
///
/// The witness is written after a commit has returned, and such a commit is on disk (synchronous
/// FULL). So whatever happens to the power, it is never ahead of the ledger by itself: where it is,
/// the file was exchanged, or what was on disk is lost. It may be behind, by a second after a power
/// cut and by one commit after a kill, which says nothing. A ledger without an id comes from a
/// version that made none. A copy of both is told by the file that it is in (LedgerFile); a
/// clone of the whole file system is not.
[[nodiscard]] std::optional<GapKind> find_gap(const WitnessView& witness, const LedgerView& ledger);

}  // namespace gatehouse::store
