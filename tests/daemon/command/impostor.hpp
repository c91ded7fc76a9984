#pragma once

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "daemon/http/server.hpp"
#include "tests/daemon/configuration/folder.hpp"

namespace gatehouse::command {

/// Something on a control socket that answers in turn, and everything else with the last answer.
class Impostor {
 public:
  Impostor(unsigned status, std::string body) : Impostor(status, std::vector{std::move(body)}) {}
  Impostor(unsigned status, std::vector<std::string> bodies) : bodies_(std::move(bodies)) {
    server_ = std::make_unique<http::Server>(
        loop_, http::Limits{},
        [this, status](const http::Request&) -> boost::asio::awaitable<http::Answer> {
          http::Answer answer;
          answer.status = status;
          answer.body = bodies_[std::min(asked_++, bodies_.size() - 1)];
          co_return answer;
        });
    if (!server_->listen(socket())) throw std::runtime_error("listen");
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~Impostor() {
    boost::asio::post(loop_, [this] {
      server_->close();
      loop_.stop();
    });
    thread_.join();
  }
  [[nodiscard]] std::string socket() const { return (folder_.path() / "control.sock").string(); }

 private:
  std::vector<std::string> bodies_;
  std::size_t asked_ = 0;  ///< of the server's thread
  configuration::Folder folder_;
  boost::asio::io_context loop_{1};
  std::unique_ptr<http::Server> server_;
  std::thread thread_;
};

}  // namespace gatehouse::command
