// What large request bodies cost a real gatehoused, and whom they hold up.
#include <gmock/gmock.h>

#include <fstream>
#include <list>

#include "tests/daemon/http/raw_client.hpp"
#include "tests/end_to_end/box.hpp"
#include "tests/end_to_end/client.hpp"

namespace gatehouse::end_to_end {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::size_t mebibyte = 1024UL * 1024;

// A build that checks memory needs a multiple of it.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool memory_is_what_it_is = false;
#else
constexpr bool memory_is_what_it_is = true;
#endif

std::string post_cart(std::size_t announced, const std::string& body) {
  return "POST /v1/order/purchases HTTP/1.1\r\nHost: gate\r\nContent-Length: " +
         std::to_string(announced) + "\r\n\r\n" + body;
}

/// 200 connections, each with a body of 1 MiB that never ends.
std::list<http::RawClient> flood(unsigned short port) {
  const std::string request = post_cart(mebibyte, std::string(mebibyte - 1, ' '));
  std::list<http::RawClient> clients;
  for (int i = 0; i < 200; ++i) clients.emplace_back(port).send(request);
  return clients;
}

TEST(Memory, IsNotTakenByCallersWhoShowNoProof) {
  Box box;
  const auto token = box.configuration().parent_path() / "token";
  std::ofstream(token) << "secret";
  box.reconfigure("[gate]\nlisten = \"127.0.0.1:0\"\nbearer_token_file = \"" + token.string() +
                  "\"\n");
  box.start();
  const std::size_t before = box.daemon().memory_bytes("VmHWM");
  auto clients = flood(box.gate_port());
  http::RawClient caller(box.gate_port());
  const std::string body = scan("1111");
  caller.send(
      "POST /v1/identity/scan HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\n"
      "Content-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body);
  EXPECT_THAT(caller.receive_answer(), StartsWith("HTTP/1.1 200 "));
  for (auto& client : clients) EXPECT_THAT(client.receive_answer(), StartsWith("HTTP/1.1 401 "));
  if (memory_is_what_it_is) {
    EXPECT_LT(box.daemon().memory_bytes("VmHWM") - before, 48 * mebibyte);
  }
}

TEST(Memory, OfLargeBodiesIsLimitedAndScansAndCartsGoOn) {
  Box box;
  box.start();
  const std::size_t before = box.daemon().memory_bytes("VmHWM");
  auto clients = flood(box.gate_port());
  EXPECT_EQ(post(box.gate_port(), "/v1/identity/scan", scan("1111")).status, 200);
  EXPECT_EQ(post(box.gate_port(), "/v1/order/purchases", cart("trip-1")).status, 201);
  EXPECT_TRUE(eventually(
      [&box] {
        return get(box.local_port(), "/local/v1/status").body.contains("\"bodiesRefused\":136");
      },
      5s));
  if (memory_is_what_it_is) {
    EXPECT_LT(box.daemon().memory_bytes("VmHWM") - before, 112 * mebibyte);
  }
  EXPECT_THAT(get(box.local_port(), "/metrics").body,
              HasSubstr("gatehouse_listener_events_total{event=\"bodies_full\",listener=\"gate\"} "
                        "136"));
  EXPECT_THAT(box.command("status").second, HasSubstr("136 requests at the gate"));
  clients.clear();
  EXPECT_TRUE(eventually(
      [&box] {
        return get(box.local_port(), "/local/v1/status").body.contains("\"bodyBytes\":0,");
      },
      5s));
}

}  // namespace
}  // namespace gatehouse::end_to_end
