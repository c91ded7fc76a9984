#pragma once

#include <filesystem>
#include <string>

#include "sync/amazon/jwo_options.hpp"
#include "sync/cloud/cloud_options.hpp"
#include "sync/credentials/options.hpp"
#include "sync/feed/feed.hpp"

namespace gatehouse::sync {

struct SyncOptions {
  std::string store_id;
  std::filesystem::path ledger_file;
  FeedOptions feed;
  CloudOptions cloud;
  JwoOptions jwo;
  KeyRingOptions aws;
};

}  // namespace gatehouse::sync
