#include "store/values/sha256.hpp"
#include "store/values/text/hexadecimal.hpp"

#include <gtest/gtest.h>

namespace gatehouse {
namespace {

// FIPS 180-2, appendix B.
TEST(Sha256, IsThatOfTheStandard) {
  EXPECT_EQ(hexadecimal(sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hexadecimal(sha256("")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Sha256, IsTheSameInPieces) {
  Sha256 digest;
  for (const char* piece : {"a", "", "bc"}) digest.update(piece);
  EXPECT_EQ(digest.finish(), sha256("abc"));
}

}  // namespace
}  // namespace gatehouse
