// SPDX-License-Identifier: Apache-2.0
#include "models/interconnect/address_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace prism::interconnect {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string rejection(std::vector<TargetRange> ranges) {
  try {
    AddressMap map(std::move(ranges));
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

TEST(AddressMap, FindsTheRangeOfAnAddress) {
  const AddressMap map(
      {{"hbm", 0x10'0000'0000, 0x10'0000'0000}, {"uart", 0x1000, 0x100}, {"ram", 0x1100, 0x100}});
  EXPECT_EQ(map.find(0xFFF), nullptr);
  EXPECT_EQ(map.find(0x1000)->name, "uart");
  EXPECT_EQ(map.find(0x10FF)->name, "uart");
  EXPECT_EQ(map.find(0x1100)->name, "ram");
  EXPECT_EQ(map.find(0x11FF)->name, "ram");
  EXPECT_EQ(map.find(0x1200), nullptr);
  EXPECT_EQ(map.find(0x1F'FFFF'FFFF)->name, "hbm");
  EXPECT_EQ(map.find(0x20'0000'0000), nullptr);
  EXPECT_EQ(map.find(~0ull), nullptr);
  EXPECT_EQ(AddressMap({}).find(0), nullptr);
}

TEST(AddressMap, ABurstPastTheEndIsUnmapped) {
  const AddressMap map({{"a", 0x1000, 0x100}, {"b", 0x1100, 0x100}});
  EXPECT_NE(map.find(0x10F0, 0x10), nullptr);
  EXPECT_EQ(map.find(0x10F0, 0x11), nullptr);  // even though the next range follows
  EXPECT_EQ(map.find(0x1000, 0x101), nullptr);
  EXPECT_EQ(map.find(0x1001, ~0ull), nullptr);
  EXPECT_NE(map.find(0x1000, 0), nullptr);
}

TEST(AddressMap, CoversTheWholeAddressSpace) {
  const AddressMap map({{"low", 0, 1ull << 63}, {"high", 1ull << 63, 1ull << 63}});
  EXPECT_EQ(map.find(~0ull)->name, "high");
  EXPECT_EQ(map.find(~0ull, 2), nullptr);
}

TEST(AddressMap, RejectsOverlapsNamingBothRanges) {
  EXPECT_THAT(rejection({{"ram", 0x1000, 0x100}, {"rom", 0x10FF, 0x10}}),
              AllOf(HasSubstr("'ram'"), HasSubstr("'rom'"), HasSubstr("0x10ff"), HasSubstr("overlap")));
  EXPECT_THAT(rejection({{"inner", 0x1010, 1}, {"outer", 0x1000, 0x100}}), HasSubstr("overlap"));
  EXPECT_THAT(rejection({{"same", 0x1000, 1}, {"place", 0x1000, 1}}), HasSubstr("overlap"));
  EXPECT_EQ(rejection({{"ram", 0x1000, 0x100}, {"rom", 0x1100, 0x10}}), "accepted");
}

TEST(AddressMap, RejectsEmptyAndWrappingRanges) {
  EXPECT_THAT(rejection({{"ram", 0x1000, 0}}), AllOf(HasSubstr("'ram'"), HasSubstr("empty")));
  EXPECT_THAT(rejection({{"ram", ~0ull - 1, 3}}), AllOf(HasSubstr("'ram'"), HasSubstr("past the end")));
  EXPECT_EQ(rejection({{"ram", ~0ull - 1, 2}}), "accepted");
}

}  // namespace
}  // namespace prism::interconnect
