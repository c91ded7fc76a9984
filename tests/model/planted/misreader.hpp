#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "tests/model/planted/planted.hpp"

namespace gatehouse::sync::model {

/// Changes what leaves, and what the box believes of the answers.
class Misreader final : public Transport {
 public:
  using Change = std::function<void(Request&)>;
  using Misread = std::function<void(const Request&, Reply&)>;
  Misreader(Transport& wire, Change change, Misread misread)
      : wire_(wire), change_(std::move(change)), misread_(std::move(misread)) {}

  std::uint64_t start(Request request, Done done) override {
    if (change_) change_(request);
    if (!misread_) return wire_.start(std::move(request), std::move(done));
    auto sent = request;
    return wire_.start(std::move(request),
                       [this, sent = std::move(sent), finish = std::move(done)](Reply reply) {
                         misread_(sent, reply);
                         finish(std::move(reply));
                       });
  }
  void cancel(std::uint64_t id) override { wire_.cancel(id); }

 private:
  Transport& wire_;
  Change change_;
  Misread misread_;
};

inline Planted changed(Misreader::Change how) {
  return {.transport = [how](Transport& wire, const Clock&) {
    return std::make_unique<Misreader>(wire, how, nullptr);
  }};
}

inline Planted misread(Misreader::Misread how) {
  return {.transport = [how](Transport& wire, const Clock&) {
    return std::make_unique<Misreader>(wire, nullptr, how);
  }};
}

}  // namespace gatehouse::sync::model
