// SPDX-License-Identifier: Apache-2.0
#include "models/dma/descriptor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "prism/hw/purpose.h"

namespace prism::dma {
namespace {

dma_descriptor copy_descriptor() {
  dma_descriptor descriptor{};
  descriptor.opcode = DMA_OP_COPY;
  descriptor.purpose = PRISM_PURPOSE_KV_READ;
  descriptor.tag = 99;
  descriptor.source = 0x1000;
  descriptor.destination = 0x9000;
  descriptor.bytes = 100;
  return descriptor;
}

dma_descriptor gather_descriptor() {
  dma_descriptor descriptor = copy_descriptor();
  descriptor.opcode = DMA_OP_GATHER;
  descriptor.list_address = 0x400;
  descriptor.count = 4;
  descriptor.stride = 0x200;
  return descriptor;
}

DecodedDescriptor decode_one(const dma_descriptor& descriptor) {
  return decode(std::as_bytes(std::span(&descriptor, 1)).first<sizeof(dma_descriptor)>());
}

std::uint32_t error_of(dma_descriptor descriptor, const std::function<void(dma_descriptor&)>& change) {
  change(descriptor);
  return decode_one(descriptor).error;
}

TEST(Descriptor, Decodes) {
  dma_descriptor descriptor = gather_descriptor();
  descriptor.flags = DMA_FLAG_INTERRUPT;
  const DecodedDescriptor decoded = decode_one(descriptor);
  EXPECT_EQ(decoded.error, DMA_ERROR_NONE);
  EXPECT_EQ(decoded.tag, 99u);
  EXPECT_TRUE(decoded.interrupt);
  EXPECT_EQ(decoded.operation.purpose, Purpose::kKvRead);
  EXPECT_EQ(decoded.operation.total_bytes(), 400u);
  EXPECT_EQ(decode_one(copy_descriptor()).operation.total_bytes(), 100u);
  EXPECT_FALSE(decode_one(copy_descriptor()).interrupt);
}

TEST(Descriptor, UnknownOpcodeFlagOrPurpose) {
  for (const int opcode : {0, 3, 255}) {
    EXPECT_EQ(error_of(copy_descriptor(), [&](auto& d) { d.opcode = static_cast<std::uint8_t>(opcode); }),
              DMA_ERROR_OPCODE);
  }
  EXPECT_EQ(error_of(copy_descriptor(), [](auto& d) { d.flags = 0x2; }), DMA_ERROR_OPCODE);
  EXPECT_EQ(error_of(copy_descriptor(), [](auto& d) { d.purpose = kPurposeCount; }), DMA_ERROR_OPCODE);
}

TEST(Descriptor, LengthsAreCheckedWithoutOverflow) {
  const auto copy = [](const std::function<void(dma_descriptor&)>& change) {
    return error_of(copy_descriptor(), change);
  };
  const auto gather = [](const std::function<void(dma_descriptor&)>& change) {
    return error_of(gather_descriptor(), change);
  };
  EXPECT_EQ(copy([](auto& d) { d.bytes = 0; }), DMA_ERROR_LENGTH);
  EXPECT_EQ(copy([](auto& d) { d.bytes = DMA_MAX_BYTES; }), DMA_ERROR_NONE);
  EXPECT_EQ(copy([](auto& d) { d.bytes = DMA_MAX_BYTES + 1; }), DMA_ERROR_LENGTH);
  EXPECT_EQ(copy([](auto& d) { d.bytes = ~0ull; }), DMA_ERROR_LENGTH);
  EXPECT_EQ(gather([](auto& d) { d.bytes = 0; }), DMA_ERROR_LENGTH);
  EXPECT_EQ(gather([](auto& d) { d.count = 0; }), DMA_ERROR_LENGTH);
  EXPECT_EQ(gather([](auto& d) { d.bytes = DMA_MAX_BYTES / 4; }), DMA_ERROR_NONE);
  EXPECT_EQ(gather([](auto& d) { d.bytes = DMA_MAX_BYTES / 4 + 1; }), DMA_ERROR_LENGTH);
  EXPECT_EQ(gather([](auto& d) { d.bytes = 1ull << 62; }), DMA_ERROR_LENGTH);  // times 4 is 0 modulo 2^64
  EXPECT_EQ(gather([](auto& d) { d.count = 0xFFFFFFFF; }), DMA_ERROR_LENGTH);
}

TEST(Descriptor, RangesStayBelowTheTopOfTheAddressSpace) {
  const std::uint64_t last = ~std::uint64_t{0};
  EXPECT_EQ(error_of(copy_descriptor(), [&](auto& d) { d.source = last - 99; }), DMA_ERROR_NONE);
  EXPECT_EQ(error_of(copy_descriptor(), [&](auto& d) { d.source = last - 98; }), DMA_ERROR_LENGTH);
  EXPECT_EQ(error_of(copy_descriptor(), [&](auto& d) { d.destination = last - 98; }), DMA_ERROR_LENGTH);
  EXPECT_EQ(error_of(gather_descriptor(), [&](auto& d) { d.destination = last - 399; }), DMA_ERROR_NONE);
  EXPECT_EQ(error_of(gather_descriptor(), [&](auto& d) { d.destination = last - 398; }), DMA_ERROR_LENGTH);
  EXPECT_EQ(error_of(gather_descriptor(), [&](auto& d) { d.list_address = last - 11; }), DMA_ERROR_LENGTH);
}

TEST(Descriptor, ListAlignment) {
  for (const std::uint64_t offset : {1, 2, 3}) {
    EXPECT_EQ(error_of(gather_descriptor(), [&](auto& d) { d.list_address += offset; }), DMA_ERROR_ALIGNMENT);
    EXPECT_EQ(error_of(copy_descriptor(), [&](auto& d) { d.list_address = offset; }), DMA_ERROR_NONE);
  }
}

std::vector<Move> all_moves(MoveSequence& moves, std::uint64_t room) {
  std::vector<Move> out;
  while (!moves.done() && !moves.needs_indices()) out.push_back(moves.next(room));
  return out;
}

TEST(MoveSequence, CutsACopyToTheRoom) {
  MoveSequence moves(decode_one(copy_descriptor()).operation);
  EXPECT_THAT(all_moves(moves, 40),
              testing::ElementsAre(Move{0x1000, 0x9000, 40}, Move{0x1000 + 40, 0x9000 + 40, 40},
                                   Move{0x1000 + 80, 0x9000 + 80, 20}));
  EXPECT_TRUE(moves.done());
}

TEST(MoveSequence, GathersByIndexAndAsksForTheList) {
  MoveSequence moves(decode_one(gather_descriptor()).operation);
  ASSERT_TRUE(moves.needs_indices());
  EXPECT_EQ(moves.list_position(), 0x400u);
  EXPECT_EQ(moves.indices_left(), 4u);
  const std::vector<std::uint32_t> first{7, 0, 7};
  moves.supply(first);
  EXPECT_THAT(all_moves(moves, 1000),
              testing::ElementsAre(Move{0x1000 + 7 * 0x200, 0x9000, 100}, Move{0x1000, 0x9000 + 100, 100},
                                   Move{0x1000 + 7 * 0x200, 0x9000 + 200, 100}));
  ASSERT_TRUE(moves.needs_indices());
  EXPECT_EQ(moves.list_position(), 0x400u + 12);
  EXPECT_EQ(moves.indices_left(), 1u);
  const std::vector<std::uint32_t> second{0xFFFFFFFF};
  moves.supply(second);
  EXPECT_THAT(all_moves(moves, 1000),
              testing::ElementsAre(Move{0x1000 + 0xFFFFFFFFull * 0x200, 0x9000 + 300, 100}));
  EXPECT_TRUE(moves.done());
}

TEST(MoveSequence, MergesNeighboursWithinTheRoom) {
  dma_descriptor descriptor = gather_descriptor();
  descriptor.stride = descriptor.bytes;
  descriptor.count = 6;
  const std::vector<std::uint32_t> list{3, 4, 5, 9, 8, 9};
  MoveSequence wide(decode_one(descriptor).operation);
  wide.supply(list);
  EXPECT_THAT(all_moves(wide, 1000),
              testing::ElementsAre(Move{0x1000 + 300, 0x9000, 300}, Move{0x1000 + 900, 0x9000 + 300, 100},
                                   Move{0x1000 + 800, 0x9000 + 400, 200}));
  MoveSequence narrow(decode_one(descriptor).operation);
  narrow.supply(list);
  EXPECT_EQ(narrow.next(250), (Move{0x1000 + 300, 0x9000, 250}));
  EXPECT_EQ(narrow.next(250), (Move{0x1000 + 550, 0x9000 + 250, 50}));
}

TEST(MoveSequence, AStrideBackwardsIsTwosComplement) {
  dma_descriptor descriptor = gather_descriptor();
  descriptor.stride = 0 - std::uint64_t{0x100};
  descriptor.count = 2;
  const std::vector<std::uint32_t> list{0, 2};
  MoveSequence moves(decode_one(descriptor).operation);
  moves.supply(list);
  EXPECT_THAT(all_moves(moves, 1000),
              testing::ElementsAre(Move{0x1000, 0x9000, 100}, Move{0x1000 - 0x200, 0x9000 + 100, 100}));
}

}  // namespace
}  // namespace prism::dma
