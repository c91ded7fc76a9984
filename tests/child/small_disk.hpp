#pragma once

#include <sys/mount.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

namespace gatehouse::child {

/// A file system in memory, mounted on a folder for as long as this lives. Only root may mount:
/// else mounted() is false, and the test is to be skipped.
class SmallDisk {
 public:
  /// `options` of tmpfs: "size=24m".
  SmallDisk(std::filesystem::path at, const char* options) : at_(std::move(at)) {
    std::filesystem::create_directories(at_);
    mounted_ = ::mount("tmpfs", at_.c_str(), "tmpfs", 0, options) == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(at_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  [[nodiscard]] bool mounted() const { return mounted_; }

  /// Takes all the space that is left with this file, whose removal gives it back.
  void fill_with(const std::string& name) const {
    std::ofstream out(at_ / name, std::ios::binary);
    const std::string piece(4096, 'x');
    while (out.write(piece.data(), static_cast<std::streamsize>(piece.size())).flush()) {
    }
  }

 private:
  std::filesystem::path at_;
  bool mounted_ = false;
};

}  // namespace gatehouse::child
