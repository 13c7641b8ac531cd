// SPDX-License-Identifier: Apache-2.0
#include "models/dma/descriptor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "models/dma/move_sequence.h"
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
  EXPECT_EQ(decoded.operation.element_bytes, 100u);
  EXPECT_EQ(decoded.operation.total_elements(), 4u);
  EXPECT_EQ(decode_one(copy_descriptor()).operation.total_elements(), 1u);
  EXPECT_FALSE(decode_one(copy_descriptor()).interrupt);
}

TEST(Descriptor, UnknownOpcodeFlagOrPurpose) {
  for (const int opcode : {0, 9, 255}) {
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
              testing::ElementsAre(Move{0x1000 + 7 * 0x200, 0x9000, 100}, Move{0x1000, 0x9000 + 100, 100}));
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
  const std::vector<std::uint32_t> list{3, 4, 5, 9, 7, 8};
  MoveSequence wide(decode_one(descriptor).operation);
  wide.supply(list);
  EXPECT_THAT(all_moves(wide, 1000),
              testing::ElementsAre(Move{0x1000 + 300, 0x9000, 300}, Move{0x1000 + 900, 0x9000 + 300, 100},
                                   Move{0x1000 + 700, 0x9000 + 400, 200}));
  MoveSequence narrow(decode_one(descriptor).operation);
  narrow.supply(list);
  EXPECT_EQ(narrow.next(250), (Move{0x1000 + 300, 0x9000, 250}));
  EXPECT_EQ(narrow.next(250), (Move{0x1000 + 550, 0x9000 + 250, 50}));
}

TEST(MoveSequence, WhatIsListedTwiceIsReadOnce) {
  dma_descriptor descriptor = gather_descriptor();
  descriptor.stride = descriptor.bytes;
  descriptor.count = 5;
  const std::vector<std::uint32_t> list{3, 4, 3, 3, 5};
  MoveSequence moves(decode_one(descriptor).operation);
  moves.supply(list);
  EXPECT_EQ(moves.next(60), (Move{0x1000 + 300, 0x9000, 60}));
  EXPECT_THAT(moves.copies(), testing::ElementsAre(0x9000 + 200, 0x9000 + 300));
  EXPECT_EQ(moves.next(1000), (Move{0x1000 + 360, 0x9000 + 60, 40}));
  EXPECT_THAT(moves.copies(), testing::ElementsAre(0x9000 + 260, 0x9000 + 360));
  EXPECT_EQ(moves.next(1000), (Move{0x1000 + 400, 0x9000 + 100, 100}));
  EXPECT_THAT(moves.copies(), testing::IsEmpty());
  EXPECT_EQ(moves.next(1000), (Move{0x1000 + 500, 0x9000 + 400, 100}));
  EXPECT_TRUE(moves.done());
}

TEST(MoveSequence, AppendsTheKeysAndThenTheValuesOfAllHeads) {
  dma_descriptor descriptor = copy_descriptor();
  descriptor.opcode = DMA_OP_APPEND;
  descriptor.count = 2;
  descriptor.stride = 0x4000;
  descriptor.destination_stride = 0x800;
  MoveSequence moves(decode_one(descriptor).operation);
  EXPECT_THAT(all_moves(moves, 1000),
              testing::ElementsAre(Move{0x1000, 0x9000, 100}, Move{0x1064, 0xD000, 100},
                                   Move{0x10C8, 0x9800, 100}, Move{0x112C, 0xD800, 100}));
}

TEST(Descriptor, ElementsMustNotOverlapAtTheDestination) {
  dma_descriptor append = copy_descriptor();
  append.opcode = DMA_OP_APPEND;
  append.count = 3;
  append.stride = 250;
  append.destination_stride = 120;
  EXPECT_EQ(decode_one(append).error, DMA_ERROR_NONE);
  for (const auto& [stride, plane] : {std::pair{99u, 4000u}, {250u, 99u}, {250u, 151u}, {250u, 599u}}) {
    append.stride = stride;
    append.destination_stride = plane;
    EXPECT_EQ(decode_one(append).error, DMA_ERROR_STRIDE) << stride << " " << plane;
  }
  append.destination_stride = 600;  // all values behind all keys
  EXPECT_EQ(decode_one(append).error, DMA_ERROR_NONE);
  dma_descriptor rows = copy_descriptor();
  rows.opcode = DMA_OP_COPY_2D;
  rows.count = 2;
  rows.destination_stride = 99;
  EXPECT_EQ(decode_one(rows).error, DMA_ERROR_STRIDE);
  rows.destination_stride = 100;
  EXPECT_EQ(decode_one(rows).error, DMA_ERROR_NONE);
  dma_descriptor scatter = gather_descriptor();
  scatter.opcode = DMA_OP_SCATTER;
  scatter.index_limit = 9;
  EXPECT_EQ(decode_one(scatter).error, DMA_ERROR_NONE);
  EXPECT_EQ(error_of(scatter, [](auto& d) { d.stride = 99; }), DMA_ERROR_STRIDE);
  EXPECT_EQ(error_of(scatter, [](auto& d) { d.index_limit = 0; }), DMA_ERROR_LENGTH);
  EXPECT_EQ(error_of(scatter, [](auto& d) { d.stride = 1ull << 62; }), DMA_ERROR_LENGTH);
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
