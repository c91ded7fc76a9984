#include "daemon/gate/request/field_error.hpp"

#include <gtest/gtest.h>

namespace gatehouse::gate {
namespace {

TEST(PlainName, IsAWordThatAnEnumerationCouldHave) {
  for (const auto* const text : {"PALM", "financial", "EAN-13", "QR_CODE_2", "GTIN14", "A12345"}) {
    EXPECT_EQ(plain_name(text), text);
  }
}

TEST(PlainName, IsNoneThatCouldBeAKeyACardOrAnAddress) {
  for (const auto* const text :
       {"4111-1111-1111-1111", "4111_1111_1111_1111", "4111-1111-1111", "A1B2C3D4E5F6", "12-34-56",
        "someone@example.org", "two words", "ABCDEFGHIJKLMNOPQ"}) {
    EXPECT_EQ(plain_name(text), "") << text;
  }
}

}  // namespace
}  // namespace gatehouse::gate
