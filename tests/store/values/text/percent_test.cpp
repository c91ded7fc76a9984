#include "store/values/text/percent.hpp"

#include <gtest/gtest.h>

namespace gatehouse {
namespace {

TEST(PercentEncoding, LeavesWhatIsUnreserved) {
  EXPECT_EQ(percent_encoded("AZaz09-_.~"), "AZaz09-_.~");
}

TEST(PercentEncoding, EncodesAllElseInCapitalDigits) {
  EXPECT_EQ(percent_encoded("a b/c?d=e+f%"), "a%20b%2Fc%3Fd%3De%2Bf%25");
  EXPECT_EQ(percent_encoded("\u00e4"), "%C3%A4");
  EXPECT_EQ(percent_encoded(std::string_view("\0", 1)), "%00");
}

}  // namespace
}  // namespace gatehouse
