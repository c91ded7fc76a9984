#pragma once

#include <gtest/gtest.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "daemon/configuration/load.hpp"
#include "tests/child/child.hpp"

namespace gatehouse::configuration {

/// A configuration folder of its own, gone after the test.
class Folder {
 public:
  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

  std::filesystem::path write(const std::string& name, std::string_view content) const {
    const auto file = path() / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
    return file;
  }

 private:
  child::TemporaryFolder folder_;
};

/// The errors as an operator reads them, one a line, without the folder's name.
inline std::string text_of(const std::vector<ConfigError>& errors, const Folder& folder) {
  std::string all;
  for (const ConfigError& error : errors) all += to_text(error) + "\n";
  const std::string prefix = folder.path().string() + "/";
  for (std::size_t at; (at = all.find(prefix)) != std::string::npos;) all.erase(at, prefix.size());
  return all;
}

/// The errors of this main file (below `[store] id`, in line 1 and 2), in this environment.
inline std::string errors_of(std::string_view toml, const Environment& environment = {}) {
  const Folder folder;
  const auto file = folder.write("gatehouse.toml", "[store]\nid = 'S'\n" + std::string(toml));
  const auto loaded = load(file, environment);
  return loaded ? "" : text_of(loaded.error(), folder);
}

/// The same file, which must be right.
inline Loaded load_right(std::string_view toml, const Environment& environment = {}) {
  const Folder folder;
  const auto file = folder.write("gatehouse.toml", "[store]\nid = 'S'\n" + std::string(toml));
  auto loaded = load(file, environment);
  if (loaded) return std::move(*loaded);
  ADD_FAILURE() << text_of(loaded.error(), folder);
  return {};
}

inline bool warns(const Loaded& loaded, std::string_view key, std::string_view part = "") {
  for (const ConfigWarning& warning : loaded.warnings) {
    if (warning.key == key && warning.message.contains(part)) return true;
  }
  return false;
}

}  // namespace gatehouse::configuration
