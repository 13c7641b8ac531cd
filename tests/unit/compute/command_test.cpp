// SPDX-License-Identifier: Apache-2.0
#include "models/compute/command.h"

#include <gtest/gtest.h>

#include <limits>

#include "prism/hw/compute.h"

namespace prism::compute {
namespace {

Command attend_command() {
  Command command;
  command.opcode = COMPUTE_OP_ATTEND;
  command.flags = COMPUTE_FLAG_FIRST | COMPUTE_FLAG_LAST;
  command.source = 0x1000;
  command.count = 300;
  command.dimension = 128;
  command.heads = 7;
  command.block_tokens = 128;
  return command;
}

Command sketch_command() {
  Command command;
  command.opcode = COMPUTE_OP_SKETCH;
  command.count = 128;
  command.dimension = 128;
  command.output_dimension = 32;
  return command;
}

Command gemv_command() {
  Command command;
  command.opcode = COMPUTE_OP_GEMV;
  command.bytes = 1 << 20;
  command.count = 1;
  return command;
}

/// Expects the command to be accepted with `field` at `good` and refused at `bad`.
template <typename Field>
void expect_limit(Command command, Field Command::*field, std::uint64_t good, std::uint64_t bad) {
  command.*field = static_cast<Field>(good);
  EXPECT_EQ(argument_error(command), nullptr) << good;
  command.*field = static_cast<Field>(bad);
  EXPECT_NE(argument_error(command), nullptr) << bad;
}

TEST(Command, AttendLimits) {
  expect_limit(attend_command(), &Command::dimension, 1, 0);
  expect_limit(attend_command(), &Command::dimension, 1024, 1025);
  expect_limit(attend_command(), &Command::heads, 1, 0);
  expect_limit(attend_command(), &Command::heads, 256, 257);
  expect_limit(attend_command(), &Command::count, 1 << 20, (1 << 20) + 1);
  expect_limit(attend_command(), &Command::block_tokens, 1, 0);
  expect_limit(attend_command(), &Command::block_tokens, 1 << 20, (1 << 20) + 1);
  expect_limit(attend_command(), &Command::purpose, 8, 9);
  const std::uint64_t bytes = 3 * 2 * 128 * 128 * 2;  // three blocks, the last one partly filled
  expect_limit(attend_command(), &Command::source, 0 - bytes, 0 - bytes + 1);
  expect_limit(attend_command(), &Command::query, 0ull - 7 * 256, 0ull - 7 * 256 + 1);
  expect_limit(attend_command(), &Command::destination, 0ull - 7 * 256, 0ull - 7 * 256 + 1);
}

TEST(Command, AttendWithoutTokensNeedsLast) {
  Command command = attend_command();
  command.count = 0;
  command.block_tokens = 0;
  expect_limit(command, &Command::flags, COMPUTE_FLAG_LAST, COMPUTE_FLAG_FIRST);
}

TEST(Command, SketchLimits) {
  expect_limit(sketch_command(), &Command::dimension, 1, 0);
  expect_limit(sketch_command(), &Command::dimension, 1024, 1025);
  expect_limit(sketch_command(), &Command::output_dimension, 1, 0);
  expect_limit(sketch_command(), &Command::output_dimension, 1024, 1025);
  expect_limit(sketch_command(), &Command::count, 1, 0);
  expect_limit(sketch_command(), &Command::count, 262144, 262145);  // 64 MiB
  expect_limit(sketch_command(), &Command::source, 0, 0ull - 1);
  expect_limit(sketch_command(), &Command::query, 0, 0ull - 1);
  expect_limit(sketch_command(), &Command::destination, 0ull - 64, 0ull - 63);
}

TEST(Command, GemvLimits) {
  expect_limit(gemv_command(), &Command::count, 1, 0);
  expect_limit(gemv_command(), &Command::count, 65536, 65537);
  expect_limit(gemv_command(), &Command::bytes, 0, (1ull << 40) + 1);
  expect_limit(gemv_command(), &Command::source, 0ull - (1 << 20), 0ull - (1 << 20) + 1);
  expect_limit(gemv_command(), &Command::purpose, 0, std::numeric_limits<std::uint32_t>::max());
}

TEST(Command, TilesCoverEveryTokenOnceInOrder) {
  for (const std::uint32_t block_tokens : {1u, 16u, 100u, 128u, 4096u}) {
    for (const std::uint32_t tile_tokens : {1u, 64u, 128u, 1000u}) {
      for (const std::uint32_t count : {1u, 99u, 100u, 128u, 300u}) {
        Command command = attend_command();
        command.block_tokens = block_tokens;
        command.count = count;
        const std::uint64_t row = command.dimension * 2;
        std::uint32_t token = 0;
        for (std::uint64_t piece = 0; piece < kv_tiles(command, tile_tokens); ++piece) {
          const KvTile tile = kv_tile(command, tile_tokens, piece);
          ASSERT_GE(tile.tokens, 1u);
          ASSERT_LE(tile.tokens, tile_tokens);
          const std::uint64_t block = command.source + token / block_tokens * 2 * block_tokens * row;
          ASSERT_EQ(tile.keys, block + token % block_tokens * row);
          ASSERT_EQ(tile.values, block + (block_tokens + token % block_tokens) * row);
          ASSERT_EQ(token / block_tokens, (token + tile.tokens - 1) / block_tokens) << "stays in its block";
          token += tile.tokens;
        }
        EXPECT_EQ(token, count);
      }
    }
  }
}

TEST(Command, NoTokensAreOneEmptyTile) {
  Command command = attend_command();
  command.count = 0;
  command.block_tokens = 0;
  EXPECT_EQ(kv_tiles(command, 128), 1u);
  EXPECT_EQ(kv_tile(command, 128, 0).tokens, 0u);
}

}  // namespace
}  // namespace prism::compute
