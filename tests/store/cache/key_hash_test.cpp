#include "store/cache/key_hash.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/store/fixture.hpp"

namespace gatehouse::store {
namespace {

HashKey fixed_key(unsigned char first = 0) {
  std::array<std::byte, 32> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = std::byte(first + i);
  return HashKey::from_bytes(bytes);
}

std::string hexadecimal(const KeyHash& hash) {
  std::string text;
  for (const std::byte byte : hash) {
    constexpr std::string_view digits = "0123456789abcdef";
    text += digits[std::to_integer<std::size_t>(byte >> 4)];
    text += digits[std::to_integer<std::size_t>(byte & std::byte{15})];
  }
  return text;
}

void write_file(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

TEST(KeyHasher, IsHmacSha256CutToSixteenBytes) {
  // printf 1111-2222 | openssl dgst -sha256 -mac HMAC -macopt hexkey:000102…1f
  KeyHasher hasher(fixed_key());
  EXPECT_EQ(hexadecimal(hasher.hash("1111-2222")), "3f7103138a51c7989cd4d5b57dafa3eb");
  EXPECT_EQ(hexadecimal(hasher.hash("")), "d38b42096d80f45f826b44a9d5607de7");
}

TEST(KeyHasher, GivesTheSameHashAtEveryUse) {
  KeyHasher hasher(fixed_key());
  const KeyHash first = hasher.hash("abc");
  EXPECT_NE(hasher.hash("abd"), first);
  EXPECT_EQ(hasher.hash("abc"), first);
  KeyHasher moved = std::move(hasher);
  EXPECT_EQ(moved.hash("abc"), first);
}

TEST(KeyHasher, TellsTwoHashKeysApart) {
  EXPECT_EQ(KeyHasher(fixed_key()).key_check(), KeyHasher(fixed_key()).key_check());
  EXPECT_NE(KeyHasher(fixed_key()).key_check(), KeyHasher(fixed_key(1)).key_check());
}

TEST(HashKey, IsMadeOnceReadableByItsOwnerAlone) {
  const child::TemporaryFolder folder;
  const auto file = folder.path() / "hash.key";
  const HashKey made = require(HashKey::load({}, file));
  struct stat status{};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0400U);
  EXPECT_EQ(status.st_size, 32);
  EXPECT_NE(made.bytes(), (std::array<std::byte, 32>{}));
  EXPECT_EQ(require(HashKey::load({}, file)).bytes(), made.bytes());
}

TEST(HashKey, IsAnotherOneInEachBox) {
  const child::TemporaryFolder folder;
  const HashKey one = require(HashKey::load({}, folder.path() / "one"));
  const HashKey other = require(HashKey::load({}, folder.path() / "other"));
  EXPECT_NE(one.bytes(), other.bytes());
}

TEST(HashKey, IsMadeInSpiteOfWhatACrashLeft) {
  const child::TemporaryFolder folder;
  const auto file = folder.path() / "hash.key";
  write_file(file.string() + ".new", "half");
  EXPECT_TRUE(HashKey::load({}, file));
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".new"));
}

TEST(HashKey, PrefersTheCredentialAndMakesNoFileThen) {
  const child::TemporaryFolder folder;
  const auto credential = folder.path() / "credential";
  const auto file = folder.path() / "hash.key";
  write_file(credential, std::string(32, 'k'));
  const HashKey key = require(HashKey::load(credential, file));
  EXPECT_EQ(key.bytes()[0], std::byte{'k'});
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(HashKey, OfAnotherSizeIsLeftAsItIsForAPersonToRepair) {
  const child::TemporaryFolder folder;
  const auto file = folder.path() / "hash.key";
  for (const std::size_t size : {0UL, 31UL, 33UL, 64UL}) {
    write_file(file, std::string(size, 'x'));
    const Result<HashKey> key = HashKey::load({}, file);
    ASSERT_FALSE(key) << size;
    EXPECT_EQ(key.error().remedy, Remedy::repair);
    EXPECT_NE(key.error().message.find(file.string()), std::string::npos);
    EXPECT_EQ(key.error().message.find("xx"), std::string::npos);
    EXPECT_EQ(std::filesystem::file_size(file), size);
  }
}

TEST(HashKey, WhoseCredentialIsMissingIsNotReplacedByAnother) {
  const child::TemporaryFolder folder;
  const Result<HashKey> key = HashKey::load(folder.path() / "gone", folder.path() / "hash.key");
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().remedy, Remedy::repair);
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "hash.key"));
}

}  // namespace
}  // namespace gatehouse::store
