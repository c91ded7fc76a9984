// A service of the retailer's that refuses carts, and the one command that sends them all again.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include "daemon/http/server.hpp"
#include "tests/end_to_end/box.hpp"
#include "tests/end_to_end/client.hpp"

namespace gatehouse::end_to_end {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

using testing::HasSubstr;

/// Takes carts whose trip is called "good-…", and refuses the others in its own words until it is
/// mended.
class Service {
 public:
  Service() {
    if (!server_.listen("127.0.0.1:0")) throw std::runtime_error("the service does not listen");
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~Service() {
    boost::asio::post(loop_, [this] {
      server_.close();
      loop_.stop();
    });
    thread_.join();
  }
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  void mend() { well_ = true; }
  [[nodiscard]] std::string url() const {
    return fmt::format("http://127.0.0.1:{}", server_.port());
  }

 private:
  boost::asio::awaitable<http::Answer> answer(const http::Request& request) {
    if (well_ || request.body.contains("good-"))
      co_return http::Answer{.status = 201, .body = "{}"};
    co_return http::Answer{.status = 422, .body = R"({"errorMsg":"UnknownItemException"})"};
  }

  std::atomic<bool> well_ = false;
  boost::asio::io_context loop_{1};
  http::Server server_{loop_, http::Limits{},
                       [this](const http::Request& request) { return answer(request); }};
  std::thread thread_;
};

class Bulk : public testing::Test {
 protected:
  nlohmann::json deliveries() {
    return nlohmann::json::parse(get(box_.local_port(), "/local/v1/status").body).at("deliveries");
  }
  void send_cart(const std::string& trip_id) {
    const auto body = cart(trip_id, "SKU-001", "SCAN_CODE");
    ASSERT_EQ(post(box_.gate_port(), "/v1/order/purchases", body).status, 201);
  }

  Service service_;
  Box box_{{.cloud_url = service_.url()}};
};

TEST_F(Bulk, OneCommandSendsAHundredCartsAgainThatAServiceRefused) {
  box_.start();
  for (int i = 0; i < 100; ++i) send_cart(fmt::format("refused-{}", i));
  // A cart that is taken now and then: else the refusals would count as the service's trouble.
  int good = 0;
  ASSERT_TRUE(eventually(
      [&] {
        send_cart(fmt::format("good-{}", good++));
        return deliveries().at("setAside") == 100;
      },
      60s))
      << deliveries();
  service_.mend();
  const auto [said, dry] = box_.command("records retry --all --dry-run");
  EXPECT_EQ(said, 0);
  EXPECT_THAT(dry, HasSubstr("100 records would be sent"));
  const auto [status, done] = box_.command("records retry --all");
  EXPECT_EQ(status, 0) << done;
  EXPECT_TRUE(eventually([&] { return deliveries().at("delivered") == 100 + good; }, 30s))
      << deliveries();
  EXPECT_EQ(deliveries().at("setAside"), 0);
}

TEST_F(Bulk, AServiceThatRefusesAllCostsNoRecordAndNoCommand) {
  box_.start();
  for (int i = 0; i < 100; ++i) send_cart(fmt::format("refused-{}", i));
  ASSERT_TRUE(eventually(
      [&] { return box_.command("status").second.contains("one trip after the other"); }, 30s))
      << box_.command("status").second;
  EXPECT_TRUE(eventually([&] { return deliveries().at("setAside") == 0; }, 10s)) << deliveries();
  service_.mend();
  EXPECT_TRUE(eventually([&] { return deliveries().at("delivered") == 100; }, 60s)) << deliveries();
}

}  // namespace
}  // namespace gatehouse::end_to_end
