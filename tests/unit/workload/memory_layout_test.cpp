// SPDX-License-Identifier: Apache-2.0
#include "platform/workload/memory_layout.h"

#include <gtest/gtest.h>

#include "tests/unit/workload/test_workload.h"

namespace prism::workload {
namespace {

using Region = MemoryLayout::Region;
constexpr std::uint64_t kBase = 0x10'0000'0000;

TEST(MemoryLayout, FullSizeFigures) {
  const MemoryLayout layout(WorkloadConfig{}, 128, 32, kBase);
  EXPECT_EQ(layout.block_bytes(), 65536u);
  EXPECT_EQ(layout.signature_bytes(), 64u);
  EXPECT_EQ(layout.max_blocks(), 513u);
  EXPECT_EQ(layout.kv_head_stride(), 513u * 65536);
  EXPECT_EQ(layout.weights_base(), kBase);
  // Weights 15.23 GB, K/V 3.77 GB: fits one 24 GB stack.
  EXPECT_NEAR(static_cast<double>(layout.bytes()) / 1e9, 15.23 + 3.77, 0.02);
}

TEST(MemoryLayout, RegionsAreAlignedAndInOrder) {
  const MemoryLayout layout(small_workload(), 128, 32, kBase + 12345);
  std::uint64_t last = kBase + 12345;
  for (const std::uint64_t base :
       {layout.weights_base(), layout.projection_base(), layout.signature_base(), layout.kv_base()}) {
    EXPECT_EQ(base % MemoryLayout::kRegionAlignment, 0u);
    EXPECT_GE(base, last);
    last = base + 1;
  }
  EXPECT_GE(layout.projection_base(), layout.weights_base() + small_workload().model.stored_weight_bytes());
  EXPECT_EQ(layout.end(), layout.kv_base() + 12 * layout.kv_head_stride());
}

TEST(MemoryLayout, RoomForContextAndEveryStep) {
  WorkloadConfig workload = small_workload();
  for (const std::uint32_t context : {128u, 1000u, 1024u, 1023u}) {
    workload.context_tokens = context;
    const MemoryLayout layout(workload, 128, 32, kBase);
    EXPECT_GE(layout.max_blocks() * 128, context + workload.steps);
    EXPECT_LE(layout.max_blocks() * 128, context + workload.steps + 128);
  }
}

TEST(MemoryLayout, AddressesGoBothWays) {
  const MemoryLayout layout(small_workload(), 128, 32, kBase);
  std::uint64_t number = 0;
  for (std::uint32_t sequence = 0; sequence < 2; ++sequence) {
    for (std::uint32_t layer = 0; layer < 3; ++layer) {
      for (std::uint32_t h = 0; h < 2; ++h, ++number) {
        const HeadIndex head{sequence, layer, h};
        EXPECT_EQ(layout.head_number(head), number);
        EXPECT_EQ(layout.head_at(number), head);
        for (const std::uint32_t token : {0u, 127u, 128u, 1002u}) {
          const MemoryLayout::Location key = layout.locate(layout.key_address(head, token));
          EXPECT_EQ(key.region, Region::kKv);
          EXPECT_EQ(key.head, head);
          EXPECT_EQ(key.block, token / 128);
          EXPECT_EQ(key.block_offset, std::uint64_t{token} % 128 * 128);
          EXPECT_EQ(key.contiguous, layout.block_bytes() - key.block_offset);
          const MemoryLayout::Location value = layout.locate(layout.value_address(head, token) + 5);
          EXPECT_EQ(value.head, head);
          EXPECT_EQ(value.block_offset, key.block_offset + 16384 + 5);
        }
        const MemoryLayout::Location signature = layout.locate(layout.signature_address(head, 7) + 3);
        EXPECT_EQ(signature.region, Region::kSignatures);
        EXPECT_EQ(signature.head, head);
        EXPECT_EQ(signature.block, 7u);
        EXPECT_EQ(signature.block_offset, 3u);
        EXPECT_EQ(signature.contiguous, 61u);
      }
    }
  }
}

TEST(MemoryLayout, EdgesOfRegionsAndGaps) {
  const MemoryLayout layout(small_workload(), 128, 32, kBase);
  const std::uint64_t weights = small_workload().model.stored_weight_bytes();
  EXPECT_EQ(layout.locate(kBase - 1).region, Region::kNone);
  EXPECT_EQ(layout.locate(kBase - 1).contiguous, 1u);
  EXPECT_EQ(layout.locate(kBase + weights - 1).region, Region::kWeights);
  EXPECT_EQ(layout.locate(kBase + weights - 1).contiguous, 1u);
  const MemoryLayout::Location gap = layout.locate(kBase + weights);
  EXPECT_EQ(gap.region, Region::kNone);
  EXPECT_EQ(kBase + weights + gap.contiguous, layout.projection_base());
  EXPECT_EQ(layout.locate(layout.projection_base() + 10).region, Region::kProjection);
  EXPECT_EQ(layout.locate(layout.projection_base() + 10).contiguous, 32u * 64 * 2 - 10);
  EXPECT_EQ(layout.locate(layout.end() - 1).region, Region::kKv);
  EXPECT_EQ(layout.locate(layout.end()).region, Region::kNone);
}

}  // namespace
}  // namespace prism::workload
