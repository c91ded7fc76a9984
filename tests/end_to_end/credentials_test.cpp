// The keys for Amazon's services in a real daemon: from a file that is mended while it runs, then
// from a program after SIGHUP; and a program that hangs.
#include <gmock/gmock.h>

#include <csignal>
#include <fstream>

#include "tests/end_to_end/box.hpp"
#include "tests/end_to_end/client.hpp"
#include "tests/end_to_end/world.hpp"

namespace gatehouse::end_to_end {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)
using testing::HasSubstr;
using testing::Not;

class Credentials : public testing::Test {
 protected:
  Credentials() {
    write("keys", "[other]\n");
    write("keys.json", R"({"Version":1,"AccessKeyId":")" + access_key() +
                           R"(","SecretAccessKey":")" + secret_key() +
                           R"(","Expiration":"2099-01-01T00:00:00Z"})");
  }
  // Whole, as whatever renews such a file should.
  void write(const std::string& name, const std::string& content) const {
    std::ofstream(path("new")) << content;
    std::filesystem::rename(path("new"), path(name));
  }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_.path() / name; }
  [[nodiscard]] std::string access_key() const {
    return world_.credentials().at("AWS_ACCESS_KEY_ID");
  }
  [[nodiscard]] std::string secret_key() const {
    return world_.credentials().at("AWS_SECRET_ACCESS_KEY");
  }
  BoxOptions options() const {
    BoxOptions options;
    options.feed_url = world_.feed_url();
    options.cloud_url = world_.url();
    options.payments_url = world_.url();
    options.more = "[aws]\ncredentials = \"file\"\nprofile = \"store\"\ncredentials_file = \"" +
                   path("keys") + "\"\n";
    return options;
  }
  void reload_with_process(const std::string& command) {
    box_->reconfigure("[aws]\ncredentials = \"process\"\ncredential_process = [" + command + "]\n");
    box_->daemon().signal(SIGHUP);
  }
  /// From the next reload on.
  void sign_feed_and_cloud() const {
    const auto folder = box_->configuration().parent_path() / "conf.d";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "50-iam.toml") << "[feed]\nauth = \"sigv4\"\n"
                                          << "[cloud]\nauth = \"sigv4\"\n";
  }
  [[nodiscard]] nlohmann::json status() const {
    return nlohmann::json::parse(get(box_->local_port(), "/local/v1/status").body);
  }
  template <class Condition>
  [[nodiscard]] bool status_becomes(const Condition& condition) const {
    return eventually([&] { return condition(status()); }, 20s);
  }

  child::TemporaryFolder folder_;
  World world_;
  std::optional<Box> box_;
};

TEST_F(Credentials, ComeFromAFileThatIsMendedAndThenFromAProgram) {
  box_.emplace(options());
  box_->start();
  ASSERT_TRUE(status_becomes([](const auto& now) { return now["cache"]["complete"] == true; }));
  Shop first(box_->gate_url(), {.card = 5, .app = 1, .seed = 1}, path("report1"));
  ASSERT_TRUE(first.finish(60s));
  ASSERT_TRUE(status_becomes([](const auto& now) {
    return now["destinations"]["payments"]["lastError"].template get<std::string>().contains(
        "there is no [store] in it");
  }));
  EXPECT_EQ(status()["destinations"]["payments"]["failures"], 0) << "no call without keys";
  EXPECT_THAT(box_->command("status").second,
              HasSubstr("there are no AWS credentials, so charges wait: " + path("keys")));

  write("keys", "[store]\naws_access_key_id = " + access_key() +
                    "\naws_secret_access_key = " + secret_key() + "\n");
  EXPECT_EQ(audit(world_, {path("report1")}, 60s), "");
  EXPECT_EQ(status()["credentials"]["expiresAt"], nullptr);

  sign_feed_and_cloud();
  reload_with_process("\"/bin/cat\", \"" + path("keys.json") + "\"");
  ASSERT_TRUE(status_becomes([](const auto& now) {
    return now["credentials"]["source"] == "process" && now["credentials"]["expiresAt"] != nullptr;
  }));
  EXPECT_EQ(status()["credentials"]["usedFor"], "charges, feed queries and deliveries");
  Shop second(box_->gate_url(), {.card = 5, .app = 1, .seed = 2}, path("report2"));
  ASSERT_TRUE(second.finish(60s));
  EXPECT_EQ(audit(world_, {path("report1"), path("report2")}, 60s), "");
  EXPECT_EQ(world_.effects().at("signature_refusals"), 0);
  EXPECT_THAT(box_->log() + status().dump(), Not(HasSubstr(secret_key())));
  EXPECT_THAT(box_->log() + status().dump(), Not(HasSubstr(access_key())));
}

TEST_F(Credentials, ThatAProgramDoesNotComeUpWithHoldNeitherTheDaemonNorItsEnd) {
  write("keys", "[store]\naws_access_key_id = A\naws_secret_access_key = B\n");
  box_.emplace(options());
  box_->start();
  ASSERT_TRUE(status_becomes([](const auto& now) { return now["credentials"]["usable"] == true; }));
  reload_with_process("\"/bin/sleep\", \"600\"");
  ASSERT_TRUE(status_becomes([](const auto& now) {
    return now["credentials"]["source"] == "process" && now["cache"]["complete"] == true;
  }));
  EXPECT_EQ(status()["credentials"]["usable"], true) << "the old keys stay in use";
  EXPECT_EQ(box_->stop(), 0);
}

}  // namespace
}  // namespace gatehouse::end_to_end
