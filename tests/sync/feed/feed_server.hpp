#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

#include "tests/child/child.hpp"
#include "tests/sync/transport/raw_server.hpp"

namespace gatehouse::sync {

/// tests/feed_server/server.js as a process, and what a retailer's cloud would tell it.
class FeedServer {
 public:
  FeedServer() { start("0"); }

  void kill() { server_->kill(); }
  /// On the same port, with nothing in it.
  void start_again() { start(port_); }
  [[nodiscard]] const std::string& port() const { return port_; }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + port_ + "/shoppers"; }

  void create_database() { send("PUT", "", ""); }
  void delete_database() { send("DELETE", "", ""); }
  /// Writes documents; `_rev` is not needed, what is there is overwritten.
  void write(const std::string& documents) {
    send("POST", "/_bulk_docs", R"({"new_edits":false,"docs":[)" + documents + "]}");
  }

 private:
  void start(const std::string& port) {
    server_.emplace(child::Options{{"/usr/bin/env", "node", FEED_SERVER, port}, {}, {}, {}});
    port_ = server_->wait_line("port ", std::chrono::seconds{30});
  }
  void send(const std::string& method, const std::string& path, const std::string& json) {
    const int status = status_of(std::stoi(port_), method, "/shoppers" + path, json);
    ASSERT_EQ(status / 100, 2) << method << " " << path << " was answered " << status;
  }

  std::optional<child::Child> server_;
  std::string port_;
};

}  // namespace gatehouse::sync
