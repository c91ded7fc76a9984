#include "store/ledger/ledger_witness.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "store/ledger/delivery_key.hpp"
#include "store/values/disk_time.hpp"
#include "store/values/durable_file.hpp"
#include "store/values/sha256.hpp"
#include "store/values/text/hexadecimal.hpp"
#include "store/values/whole_number.hpp"

namespace gatehouse::store {
namespace {

// A page each: the smallest thing that a disk or a file system writes at once.
constexpr std::size_t slot_bytes = 4096;
constexpr std::size_t record_bytes = 256;
constexpr std::size_t file_bytes = 2 * slot_bytes;
constexpr std::string_view format_name = "gatehouse-witness-1";
constexpr unsigned file_mode = 0600;

struct Record {
  std::uint64_t number = 0;
  LedgerMark mark;
  WallTime written_at;
};

std::string checksum(std::string_view text) {
  return hexadecimal(sha256(text));
}

std::string slot_of(const Record& record) {
  std::string text =
      fmt::format("{} {} {} {} {} {} ", format_name, record.number, record.mark.id, record.mark.era,
                  record.mark.sequence, to_unix_ms(record.written_at));
  text += checksum(text);
  text.resize(record_bytes - 1, ' ');
  return text + '\n';
}

/// The next word and the blank after it are taken off `rest`.
std::string_view take_word(std::string_view& rest) {
  const std::size_t end = rest.find(' ');
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return word;
}

template <class Number>
bool take_number(std::string_view& rest, Number& number) {
  const std::string_view word = take_word(rest);
  const auto taken = whole_number<Number>(word);
  if (taken) number = *taken;
  return taken.has_value();
}

std::optional<Record> read_slot(std::string_view slot) {
  std::string_view rest = slot;
  Record record;
  std::int64_t written_at = 0;
  if (take_word(rest) != format_name || !take_number(rest, record.number)) return std::nullopt;
  record.mark.id = take_word(rest);
  if (!take_number(rest, record.mark.era) || !take_number(rest, record.mark.sequence) ||
      !take_number(rest, written_at)) {
    return std::nullopt;
  }
  record.written_at = from_unix_ms(written_at);
  const std::string_view said = take_word(rest);
  const auto text = slot.substr(0, static_cast<std::size_t>(said.data() - slot.data()));
  return said == checksum(text) ? std::optional(std::move(record)) : std::nullopt;
}

std::optional<Record> newest(std::string_view bytes) {
  std::optional<Record> found;
  for (const std::size_t offset : {std::size_t{0}, slot_bytes}) {
    if (bytes.size() < offset + record_bytes) break;
    auto record = read_slot(bytes.substr(offset, record_bytes));
    if (record && (!found || record->number > found->number)) found = std::move(record);
  }
  return found;
}

std::size_t offset_of(std::uint64_t number) {
  return number % 2 == 0 ? 0 : slot_bytes;
}

std::optional<Record> read_file_of(const std::filesystem::path& file) {
  const auto bytes = read_file(file, file_bytes);
  return bytes ? newest(*bytes) : std::nullopt;
}

std::unexpected<Error> refused(std::string_view doing, const std::filesystem::path& file) {
  return failure(Remedy::retry,
                 fmt::format("cannot {} {}: {}", doing, file.string(), std::strerror(errno)));
}

}  // namespace

std::filesystem::path Witness::beside(const std::filesystem::path& ledger_file) {
  std::filesystem::path file = ledger_file;
  return file.replace_extension(".witness");
}

WitnessView Witness::look(const std::filesystem::path& file) {
  std::error_code unknown;
  if (!std::filesystem::exists(file, unknown) && !unknown) return {};
  const auto record = read_file_of(file);
  if (!record) return {.state = WitnessView::State::unreadable};
  return {WitnessView::State::read, record->mark, record->written_at};
}

Result<Witness> Witness::open(const std::filesystem::path& file, const LedgerMark& mark,
                              WallTime at) {
  const auto known = read_file_of(file);
  if (!known) {
    std::string bytes = slot_of({0, mark, at});
    bytes.resize(file_bytes, ' ');
    if (Result<> made = write_durably(file, bytes, file_mode); !made) {
      return propagate(std::move(made));
    }
  }
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return refused("open", file);
  Witness witness(file, descriptor, known ? known->number : 0);
  Result<> said;
  if (known) said = witness.write(mark, at);
  if (said) said = witness.sync();
  if (!said) return propagate(std::move(said));
  return witness;
}

Witness::Witness(Witness&& other) noexcept
    : file_(std::move(other.file_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      number_(other.number_),
      synced_(other.synced_) {}

Witness& Witness::operator=(Witness&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(number_, other.number_);
  std::swap(synced_, other.synced_);
  return *this;
}

Witness::~Witness() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<> Witness::write(const LedgerMark& mark, WallTime at) {
  const std::uint64_t number = number_ + 1;
  const std::string slot = slot_of({number, mark, at});
  const DiskCall disk;
  const auto written =
      ::pwrite(descriptor_, slot.data(), slot.size(), static_cast<off_t>(offset_of(number)));
  if (!std::cmp_equal(written, slot.size())) return refused("write", file_);
  number_ = number;
  synced_ = false;
  return {};
}

Result<> Witness::sync() {
  if (synced_) return {};
  const DiskCall disk;
  if (::fdatasync(descriptor_) != 0) return refused("sync", file_);
  synced_ = true;
  return {};
}

}  // namespace gatehouse::store
