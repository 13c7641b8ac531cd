// SPDX-License-Identifier: Apache-2.0
#include "models/dma/descriptor_ring.h"

#include <gtest/gtest.h>

#include "models/dma/busy_clock.h"

namespace prism::dma {
namespace {

DescriptorRing good_ring() {
  return {0x1000, 0x8000, 16, 0, 0};
}

TEST(DescriptorRing, EntriesWrapAroundTheRing) {
  DescriptorRing ring = good_ring();
  ring.consumer = 35;  // entry 3
  EXPECT_EQ(ring.descriptor_address(), 0x1000u + 3 * 64);
  EXPECT_EQ(ring.completion_address(), 0x8000u + 3 * 16);
}

TEST(DescriptorRing, CountersRunFreely) {
  DescriptorRing ring = good_ring();
  ring.consumer = 0xFFFFFFFE;
  ring.producer = 3;
  EXPECT_EQ(ring.pending(), 5u);
  EXPECT_TRUE(ring.valid());
  EXPECT_EQ(ring.descriptor_address(), 0x1000u + 14 * 64);
}

TEST(DescriptorRing, ProducerMayBeOneRingAheadAndNoMore) {
  DescriptorRing ring = good_ring();
  ring.producer = 16;
  EXPECT_TRUE(ring.valid());
  ring.producer = 17;
  EXPECT_FALSE(ring.valid());
  ring.producer = 0;
  ring.consumer = 1;  // producer moved backwards
  EXPECT_FALSE(ring.valid());
}

TEST(DescriptorRing, SizeIsAPowerOfTwoWithinBounds) {
  for (const std::uint32_t entries : {2u, 4u, 1024u, 65536u}) {
    DescriptorRing ring = good_ring();
    ring.entries = entries;
    EXPECT_TRUE(ring.valid()) << entries;
  }
  for (const std::uint32_t entries : {0u, 1u, 3u, 48u, 131072u, 0x80000000u}) {
    DescriptorRing ring = good_ring();
    ring.entries = entries;
    EXPECT_FALSE(ring.valid()) << entries;
  }
}

TEST(DescriptorRing, AlignmentAndTopOfTheAddressSpace) {
  DescriptorRing ring = good_ring();
  ring.address += 32;
  EXPECT_FALSE(ring.valid());
  ring = good_ring();
  ring.completion_base += 4;
  EXPECT_FALSE(ring.valid());
  ring = good_ring();
  ring.address = ~std::uint64_t{63};
  EXPECT_FALSE(ring.valid());
  ring = good_ring();
  ring.completion_base = ~std::uint64_t{15};
  EXPECT_FALSE(ring.valid());
}

TEST(BusyClock, CountsTheUnionOfItsUsers) {
  BusyClock clock;
  EXPECT_EQ(clock.total(50), 0);
  clock.begin(100);
  clock.begin(150);
  EXPECT_EQ(clock.total(160), 60);
  clock.end(200);
  clock.end(300);
  EXPECT_EQ(clock.total(1000), 200);
  clock.begin(2000);
  clock.end(2001);
  EXPECT_EQ(clock.total(3000), 201);
}

}  // namespace
}  // namespace prism::dma
