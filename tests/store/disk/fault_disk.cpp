#include "tests/store/disk/fault_disk.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace gatehouse::store {
namespace {

constexpr std::int64_t page_bytes = 4096;   // what a kernel holds and writes as one
constexpr std::int64_t sector_bytes = 512;  // what a disk writes as one

FaultDisk*& current_disk() {
  static FaultDisk* disk = nullptr;
  return disk;
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool is_met_by(DiskFault::Kind kind, DiskCall call, bool grows) {
  switch (kind) {
    case DiskFault::Kind::full:
      return grows;
    case DiskFault::Kind::unreadable:
      return call == DiskCall::read;
    case DiskFault::Kind::read_only:
      return call == DiskCall::write || call == DiskCall::truncate || call == DiskCall::sync ||
             call == DiskCall::remove || (call == DiskCall::open && grows);
    case DiskFault::Kind::unsynced:
      return call == DiskCall::sync;
    case DiskFault::Kind::any:
      return true;
  }
  return false;
}

}  // namespace

FaultDisk::FaultDisk(std::filesystem::path folder, std::uint64_t seed)
    : folder_(std::move(folder)), random_(seed) {
  if (current_disk() != nullptr) throw std::logic_error("one disk at a time");
  current_disk() = this;
}

FaultDisk::~FaultDisk() {
  current_disk() = nullptr;
}

FaultDisk* FaultDisk::of(const std::filesystem::path& file) {
  FaultDisk* disk = current_disk();
  return disk != nullptr && file.parent_path() == disk->folder_ ? disk : nullptr;
}

void FaultDisk::fail(const DiskFault& fault) {
  const auto held = lock();
  fault_ = fault;
}

void FaultDisk::die_after(int calls) {
  const auto held = lock();
  dies_after_ = calls;
}

bool FaultDisk::dead() const {
  const auto held = lock();
  return dead_;
}

void FaultDisk::mend() {
  const auto held = lock();
  fault_.reset();
  dies_after_.reset();
}

std::int64_t FaultDisk::failures() const {
  const auto held = lock();
  return failures_;
}

void FaultDisk::slow_down(DiskCall call, milliseconds each) {
  const auto held = lock();
  each_takes_.at(static_cast<std::size_t>(call)) = each;
}

milliseconds FaultDisk::waited() const {
  const auto held = lock();
  return waited_;
}

std::int64_t FaultDisk::calls(DiskCall call) const {
  const auto held = lock();
  return calls_.at(static_cast<std::size_t>(call));
}

void FaultDisk::lose_sector(const std::filesystem::path& file, std::int64_t offset) {
  const auto held = lock();
  opened(file).lost_sector = offset;
}

void FaultDisk::lie_about_logs() {
  const auto held = lock();
  lies_ = true;
}

std::optional<DiskFault::Kind> FaultDisk::befalls(DiskCall call, bool grows) {
  ++calls_.at(static_cast<std::size_t>(call));
  waited_ += each_takes_.at(static_cast<std::size_t>(call));
  if (dies_after_ && (*dies_after_)-- <= 0) dead_ = true;
  if (dead_) return DiskFault::Kind::any;
  if (!fault_ || !is_met_by(fault_->kind, call, grows)) return std::nullopt;
  if (fault_->after-- > 0) return std::nullopt;
  if (fault_->times-- <= 0) return std::nullopt;
  ++failures_;
  return fault_->kind;
}

FaultDisk::File& FaultDisk::opened(const std::filesystem::path& file) {
  const auto [found, is_new] = files_.try_emplace(file);
  const bool is_there = std::filesystem::exists(file);
  if (is_there && is_new) {
    found->second.size_on_disk = static_cast<std::int64_t>(std::filesystem::file_size(file));
  }
  if (!is_there && (is_new || found->second.name_synced)) {
    found->second = {};
    found->second.name_synced = false;
  }
  found->second.is_log = file.native().ends_with("-wal");
  return found->second;
}

void FaultDisk::keep(File& file, std::int64_t page, const ReadNow& read) {
  const auto [found, is_new] = file.unsynced.try_emplace(page);
  found->second.dropped = false;
  if (!is_new) return;
  found->second.on_disk.resize(page_bytes);
  read(page * page_bytes, found->second.on_disk);
}

void FaultDisk::write(File& file, std::int64_t offset, std::int64_t size, const ReadNow& read) {
  for (auto page = offset / page_bytes; page * page_bytes < offset + size; ++page) {
    keep(file, page, read);
  }
}

void FaultDisk::truncate(File& file, std::int64_t size, std::int64_t size_now,
                         const ReadNow& read) {
  for (auto page = size / page_bytes; page * page_bytes < size_now; ++page) keep(file, page, read);
}

void FaultDisk::sync(File& file, std::int64_t size, bool with_folder) {
  if (lies_ && file.is_log) return;
  std::erase_if(file.unsynced, [](const auto& page) { return !page.second.dropped; });
  file.size_on_disk = size;
  if (with_folder) sync_folder();
}

void FaultDisk::sync_failed(File& file) {
  for (auto& [number, page] : file.unsynced) page.dropped = true;
}

bool FaultDisk::sync(const std::filesystem::path& path, bool is_folder, std::int64_t size) {
  FaultDisk* disk = current_disk();
  if (disk == nullptr) return true;
  const auto held = disk->lock();
  const auto file = disk->files_.find(path);
  const bool is_ours = is_folder ? path == disk->folder_ : file != disk->files_.end();
  if (!is_ours) return true;
  if (disk->befalls(DiskCall::sync)) {
    if (!is_folder && !disk->dead_) disk->sync_failed(file->second);
    return false;
  }
  if (is_folder) {
    disk->sync_folder();
  } else {
    disk->sync(file->second, size, false);
  }
  return true;
}

void FaultDisk::sync_folder() {
  for (auto& [path, file] : files_) {
    file.name_synced = true;
    file.before.reset();
  }
}

void FaultDisk::remove(const std::filesystem::path& path, bool with_folder) {
  File& file = opened(path);
  if (file.name_synced) {
    file.before = bytes_of(path);
    file.before->resize(static_cast<std::size_t>(file.size_on_disk));
    for (const auto& [number, page] : file.unsynced) {
      if (number * page_bytes >= file.size_on_disk) continue;
      const auto at = static_cast<std::size_t>(number * page_bytes);
      const std::size_t size = std::min(page.on_disk.size(), file.before->size() - at);
      file.before->replace(at, size, page.on_disk, 0, size);
    }
  }
  file.name_synced = false;
  file.unsynced.clear();
  file.size_on_disk = 0;
  if (with_folder) sync_folder();
}

void FaultDisk::start_again() {
  const auto held = lock();
  dead_ = false;
  dies_after_.reset();
  fault_.reset();
}

void FaultDisk::cut_power(Loss loss) {
  start_again();
  const auto held = lock();
  for (auto& [path, file] : files_) cut(path, file, loss);
}

void FaultDisk::cut(const std::filesystem::path& path, File& file, Loss loss) {
  const bool is_there = std::filesystem::exists(path);
  if (!file.name_synced && loses(loss)) {
    std::filesystem::remove(path);
    if (file.before) std::ofstream(path, std::ios::binary) << *file.before;
    const auto size = file.before ? static_cast<std::int64_t>(file.before->size()) : 0;
    file = {};
    file.size_on_disk = size;
    return;
  }
  if (is_there) {
    const auto size_now = static_cast<std::int64_t>(std::filesystem::file_size(path));
    const auto size = loses(loss) ? file.size_on_disk : size_now;
    cut_pages(path, file, size_now, loss);
    std::filesystem::resize_file(path, static_cast<std::uintmax_t>(size));
    file.size_on_disk = size;
  }
  file.unsynced.clear();
  file.name_synced = true;
  file.before.reset();
}

/// `size`: what is beyond was cut off, so it is as it was or nothing.
void FaultDisk::cut_pages(const std::filesystem::path& path, File& file, std::int64_t size,
                          Loss loss) {
  std::fstream out(path, std::ios::in | std::ios::out | std::ios::binary);
  for (const auto& [number, page] : file.unsynced) {
    const bool as_it_was = page.dropped || number * page_bytes >= size || loses(loss);
    const bool torn = !as_it_was && loss == Loss::some && toss();
    for (std::int64_t at = 0; at < page_bytes; at += sector_bytes) {
      if (!as_it_was && !(torn && toss())) continue;
      out.seekp(number * page_bytes + at);
      out.write(page.on_disk.data() + at, sector_bytes);
    }
  }
}

}  // namespace gatehouse::store
