#include "daemon/gate/request/wide_numbers.hpp"

#include <gtest/gtest.h>

namespace gatehouse::gate {
namespace {

TEST(QuotedNumbers, KeepTheCharactersThatCame) {
  EXPECT_EQ(with_quoted_numbers(R"({"a":15.90,"b":[-1,2e5],"c":"7","d\"8":true})"),
            R"({"a":"15.90","b":["-1","2e5"],"c":"7","d\"8":true})");
  EXPECT_EQ(with_quoted_numbers("1"), "\"1\"");
  EXPECT_EQ(with_quoted_numbers(""), "");
}

TEST(QuotedNumbers, LeaveWhatIsNoNumberToTheParser) {
  for (const auto* const text :
       {R"({"a":01})", R"({"a":1.})", R"({"a":-})", R"({"a":1-2})", R"({"a":"unclosed 12)"}) {
    EXPECT_EQ(with_quoted_numbers(text), text);
  }
}

}  // namespace
}  // namespace gatehouse::gate
