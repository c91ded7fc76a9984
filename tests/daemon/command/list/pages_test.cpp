// What `gatehouse` makes of pages that the daemon does not write, where money moves.
#include "daemon/command/list/pages.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/child/child.hpp"
#include "tests/daemon/command/gatehouse.hpp"
#include "tests/daemon/command/impostor.hpp"

namespace gatehouse::command {
namespace {

using testing::HasSubstr;
using Arguments = std::vector<std::string>;

Ran ask(const Impostor& daemon, Arguments arguments) {
  arguments.insert(arguments.begin(), {"--socket", daemon.socket()});
  return gatehouse(arguments);
}

void expect_not_gatehoused(const Arguments& arguments, const std::string& body) {
  const Impostor daemon(200, body);
  const Ran ran = ask(daemon, arguments);
  EXPECT_EQ(ran.exit_status, 3) << body;
  EXPECT_THAT(ran.err, HasSubstr("is not gatehoused")) << body;
}

TEST(Pages, OfBulkChangesAreTheDaemonsOrNone) {
  for (const auto* subject : {"trips", "records"}) {
    const bool trips = subject == std::string("trips");
    const Arguments all =
        trips ? Arguments{"trip", "release", "--all"} : Arguments{"records", "retry", "--all"};
    expect_not_gatehoused(all, "{}");
    for (const auto* rest : {
             R"("1","leftOut":[],"next":null)",
             R"(1.5,"leftOut":[],"next":null)",
             R"(-1,"leftOut":[],"next":null)",
             R"(1,"next":null)",
             R"(1,"leftOut":{},"next":null)",
             R"(1,"leftOut":["T-1"],"next":null)",
             R"(1,"leftOut":[])",
             R"(1,"leftOut":[],"next":"x")",
             R"(1,"leftOut":[],"next":"400")",
             R"(1,"leftOut":[],"next":4e2)",
             R"(1,"leftOut":[],"next":9223372036854775808)",
             R"(1,"leftOut":[],"next":null,"amounts":7)",
             R"(1,"leftOut":[],"next":null,"unpriced":"1")",
             R"(1,"leftOut":[],"next":null,"sending":[])",
             R"(1,"leftOut":[],"next":null,"sending":{"a\"\u001b[2J":{}})",
         }) {
      expect_not_gatehoused(all, fmt::format(R"({{"{}":{}}})", subject, rest));
    }
  }
}

TEST(Pages, OfBulkChangesThatGoBackEndInAnError) {
  const std::string page = R"({"trips":1,"amounts":[],"unpriced":1,"leftOut":[],"next":)";
  for (const auto* second : {"200", "0", "-1", "199", "\"400\""}) {
    const Impostor daemon(200, {page + "200}", page + second + "}", page + "200}",
                                page + second + "}", page + "null}"});
    const Ran ran = ask(daemon, {"trip", "release", "--all"});
    EXPECT_EQ(ran.exit_status, 3) << second;
    EXPECT_THAT(ran.err, HasSubstr("what was done so far is kept")) << second;
  }
}

TEST(Pages, OfDecisionsAreTheDaemonsOrNone) {
  const child::TemporaryFolder folder;
  const auto file = folder.path() / "list.csv";
  std::ofstream(file) << "T-1,charge\n";
  const Arguments decide{"trip", "decide", "--from", file.string()};
  for (
      const auto* body : {
          R"({})",
          R"({"unchanged":0,"leftOut":[]})",
          R"({"decisions":[],"unchanged":0,"leftOut":[]})",
          R"({"decisions":{},"leftOut":[]})",
          R"({"decisions":{},"unchanged":"0","leftOut":[]})",
          R"({"decisions":{},"unchanged":0})",
          R"({"decisions":{},"unchanged":0,"leftOut":{}})",
          R"({"decisions":{},"unchanged":0,"leftOut":[{"reason":"x"}]})",
          R"({"decisions":{},"unchanged":0,"leftOut":[{"place":"0"}]})",
          R"({"decisions":{"charge":1},"unchanged":0,"leftOut":[]})",
          R"({"decisions":{"charge":{"unpriced":0,"amounts":[]}},"unchanged":0,"leftOut":[]})",
          R"({"decisions":{"charge":{"trips":1,"amounts":[]}},"unchanged":0,"leftOut":[]})",
          R"({"decisions":{"charge":{"trips":1,"unpriced":0}},"unchanged":0,"leftOut":[]})",
          R"({"decisions":{"a\"\n":{"trips":1,"unpriced":0,"amounts":[]}},"unchanged":0,"leftOut":[]})",
      }) {
    expect_not_gatehoused(decide, body);
  }
}

TEST(Pages, OfDecisionsSayInJsonWhatTheDaemonSaid) {
  const child::TemporaryFolder folder;
  const auto file = folder.path() / "list.csv";
  std::ofstream(file) << "T-1,charge\n";
  const Impostor daemon(
      200, R"({"decisions":{},"unchanged":0,"leftOut":[{"place":0,"reason":"a\u001bb"}]})");
  const Ran json = ask(daemon, {"trip", "decide", "--from", file.string(), "--json"});
  EXPECT_THAT(json.out, HasSubstr(R"("reason":"a\u001bb")"));
  const Ran text = ask(daemon, {"trip", "decide", "--from", file.string()});
  EXPECT_THAT(text.out, HasSubstr("line 1  T-1  a?b\n"));
}

}  // namespace
}  // namespace gatehouse::command
