// SPDX-License-Identifier: Apache-2.0
// The engine's commands, end to end: results, traffic by purpose, and time.
#include <gtest/gtest.h>

#include "tests/unit/compute/engine_fixture.h"
#include "tests/unit/compute/random_vectors.h"
#include "tests/unit/compute/reference.h"

namespace prism::compute {
namespace {

using test::EngineBench;
using test::random_vectors;
using test::TimedMemory;

constexpr std::uint64_t kSource = TimedMemory::kBase + 0x110000;  // a multiple of a piece of 128 KiB
constexpr std::uint64_t kQuery = TimedMemory::kBase + 0x1000;
constexpr std::uint64_t kDestination = TimedMemory::kBase + 0x8000;
constexpr Picoseconds kCommandPs = 10000;

TEST(ComputeEngine, IdentityAndResetValues) {
  EngineBench bench;
  bench.run([&] {
    EXPECT_EQ(bench.get(COMPUTE_ID), COMPUTE_ID_VALUE);
    EXPECT_EQ(bench.get(COMPUTE_QUEUE_DEPTH), 4u);
    for (const std::uint64_t offset : {COMPUTE_STATUS, COMPUTE_PENDING, COMPUTE_COMPLETED, COMPUTE_ERROR,
                                       COMPUTE_IRQ_STATUS, COMPUTE_IRQ_ENABLE, COMPUTE_DOORBELL}) {
      EXPECT_EQ(bench.get(offset), 0u) << offset;
    }
    bench.set64(COMPUTE_QUERY, 0x123456789ABCDEF0u);
    EXPECT_EQ(bench.stimulus.get64(COMPUTE_QUERY), 0x123456789ABCDEF0u);
    bench.set(COMPUTE_SEQUENCE, 7);
    EXPECT_EQ(bench.get(COMPUTE_SEQUENCE), 7u);
    EXPECT_EQ(bench.stimulus.write32(COMPUTE_ID, 0), tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(bench.stimulus.write32(0x9C, 0), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  });
}

TEST(ComputeEngine, GemvBoundByStreaming) {
  EngineBench bench;
  constexpr std::uint64_t kBytes = 4 << 20;
  Picoseconds time = 0;
  bench.run([&] {
    bench.set_gemv(kSource, kBytes, 1);
    time = bench.execute();
  });
  // Streaming hides all multiplications but those of the last 128 KiB: 65536 MACs, 4 clocks.
  EXPECT_EQ(time, kCommandPs + static_cast<Picoseconds>(kBytes) + bench.memory.latency_ps + 4000);
  EXPECT_EQ(bench.memory.bytes(Purpose::kWeights, false), kBytes);
  for (const auto& access : bench.memory.accesses) EXPECT_FALSE(access.carries_data);
  const auto statistics = bench.statistics();
  EXPECT_EQ(statistics["macs"], kBytes / 2);
  EXPECT_EQ(statistics["gemv_commands"], 1);
  EXPECT_DOUBLE_EQ(statistics["busy_ns"], ns_from_ps(time));
  EXPECT_DOUBLE_EQ(statistics["gemv_ns"], ns_from_ps(time));
  EXPECT_DOUBLE_EQ(statistics["compute_ns"], kBytes / 2 / 16384);
  EXPECT_DOUBLE_EQ(statistics["stall_ns"], ns_from_ps(time - kCommandPs) - kBytes / 2 / 16384);
  EXPECT_EQ(statistics["bytes_read"]["weights"], kBytes);
  ModuleStatistics module("engine");
  bench.engine.report(module);
  ASSERT_FALSE(module.energies().empty());
  EXPECT_EQ(module.energies()[0].component, "compute.mac");
  EXPECT_DOUBLE_EQ(module.energies()[0].picojoules, 0.25 * kBytes / 2);
}

TEST(ComputeEngine, GemvCutsItsStreamAtMultiplesOfThePiece) {
  EngineBench bench;
  constexpr std::uint64_t kBytes = 4 << 20, kPiece = 128 << 10;
  Picoseconds time = 0;
  bench.run([&] {
    bench.set_gemv(kSource + kPiece / 2, kBytes, 1);
    time = bench.execute();
  });
  // The last piece is half of one: 2 clocks.
  EXPECT_EQ(time, kCommandPs + static_cast<Picoseconds>(kBytes) + bench.memory.latency_ps + 2000);
  EXPECT_EQ(bench.memory.bytes(Purpose::kWeights, false), kBytes);
  for (const auto& access : bench.memory.accesses) {
    EXPECT_EQ(access.address / kPiece, (access.address + access.bytes - 1) / kPiece);
  }
}

TEST(ComputeEngine, GemvBoundByMultiplications) {
  EngineBench bench;
  constexpr std::uint64_t kBytes = 4 << 20;
  Picoseconds time = 0;
  bench.run([&] {
    bench.set_gemv(kSource, kBytes, 100);  // 400 clocks a piece of 128 KiB, which streams in 131 ns
    time = bench.execute();
  });
  const Picoseconds first_piece = (128 << 10) + bench.memory.latency_ps;
  EXPECT_EQ(time, kCommandPs + first_piece + 32 * 400000);
}

TEST(ComputeEngine, GemvKeepsItsChunkInFlight) {
  ComputeConfig config = EngineBench::small_config();
  config.stream_chunk_bytes = 64 << 10;
  config.port.max_burst_bytes = 4096;
  EngineBench bench(config);
  // 8 KiB stream in 8 us; with a latency of 20 us a window of 64 KiB keeps the bus busy, and half of it would
  // too, but a single piece would not.
  bench.memory.ps_per_byte = 1000;
  bench.memory.latency_ps = 20000000;
  Picoseconds time = 0;
  bench.run([&] {
    bench.set_gemv(kSource, 1 << 20, 1);
    time = bench.execute();
  });
  EXPECT_EQ(time, kCommandPs + (1 << 20) * Picoseconds{1000} + 20000000 + 1000);
}

TEST(ComputeEngine, GemvOfNothingTakesTheCommandTime) {
  EngineBench bench;
  bench.run([&] {
    bench.set_gemv(kSource, 0, 1);
    EXPECT_EQ(bench.execute(), kCommandPs);
    EXPECT_EQ(bench.get(COMPUTE_COMPLETED), 1u);
  });
  EXPECT_TRUE(bench.memory.accesses.empty());
}

TEST(ComputeEngine, ProjectQkvWritesTheWorkloadsVectors) {
  EngineBench bench;
  bench.run([&] {
    bench.set_gemv(kSource, 1 << 20, 3);
    bench.set(COMPUTE_OPCODE, COMPUTE_OP_PROJECT_QKV);
    bench.set64(COMPUTE_DESTINATION, kDestination);
    bench.set(COMPUTE_LAYER, 5);
    bench.set(COMPUTE_STEP, 2);
    bench.execute();
    EXPECT_EQ(bench.get(COMPUTE_ERROR), COMPUTE_ERROR_NONE);
  });
  constexpr std::size_t kVectors = (4 + 2 + 2) * 16;
  std::vector<Bfloat16> expected(kVectors);
  const std::span vectors(expected);
  for (std::uint32_t sequence = 0; sequence < 3; ++sequence) {
    bench.activations.fill(sequence, 5, 2, vectors.first(64), vectors.subspan(64, 32), vectors.last(32));
    EXPECT_EQ(bench.memory.get(kDestination + sequence * kVectors * 2, kVectors), expected);
  }
  EXPECT_EQ(bench.memory.bytes(Purpose::kWeights, false), 1u << 20);
  EXPECT_EQ(bench.memory.bytes(Purpose::kOther, true), 3 * kVectors * 2);
  EXPECT_EQ(bench.statistics()["macs"], 3 * (1 << 19));
  EXPECT_EQ(bench.statistics()["project_qkv_commands"], 1);
}

/// Keys and values of `tokens` in the blocked layout at kSource, and queries at kQuery.
struct KvCache {
  std::uint32_t heads, tokens, dimension, block_tokens;
  std::vector<Bfloat16> queries = random_vectors(1, heads* dimension, 2.0);
  std::vector<Bfloat16> keys = random_vectors(2, tokens* dimension);
  std::vector<Bfloat16> values = random_vectors(3, tokens* dimension);

  void store(TimedMemory& memory) const {
    memory.put(kQuery, queries);
    for (std::uint32_t t = 0; t < tokens; ++t) {
      const std::uint64_t block = kSource + address(t / block_tokens * block_tokens);
      const std::uint64_t row = std::uint64_t{t % block_tokens} * dimension * 2;
      memory.put(block + row, std::span(keys).subspan(t * dimension, dimension));
      memory.put(block + block_tokens * dimension * 2 + row,
                 std::span(values).subspan(t * dimension, dimension));
    }
  }
  /// Of the block that starts with `token`, from kSource.
  std::uint64_t address(std::uint32_t token) const { return std::uint64_t{token} * 2 * dimension * 2; }

  void expect_result(const TimedMemory& memory) const {
    const auto expected = test::reference_attention(queries, keys, values, heads, tokens, dimension);
    const auto out = memory.get(kDestination, queries.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
      ASSERT_NEAR(float_from_bf16(out[i]), expected.values[i], expected.tolerances[i]) << i;
    }
  }
};

TEST(ComputeEngine, AttendMatchesTheReference) {
  EngineBench bench;
  const KvCache cache{7, 1000, 128, 128};  // the last block is partly filled
  cache.store(bench.memory);
  bench.run([&] {
    bench.set_attend(kSource, 1000, 128, 7, 128, kQuery, kDestination);
    bench.set(COMPUTE_FLAGS, COMPUTE_FLAG_FIRST | COMPUTE_FLAG_LAST);
    bench.execute();
    EXPECT_EQ(bench.get(COMPUTE_ERROR), COMPUTE_ERROR_NONE);
  });
  cache.expect_result(bench.memory);
  EXPECT_EQ(bench.memory.bytes(Purpose::kKvRead, false), 1000 * 128 * 4u);
  EXPECT_EQ(bench.memory.bytes(Purpose::kOther, false), 7 * 256u);
  EXPECT_EQ(bench.memory.bytes(Purpose::kOther, true), 7 * 256u);
  const auto statistics = bench.statistics();
  EXPECT_EQ(statistics["macs"], 2 * 1000 * 128 * 7);
  EXPECT_EQ(statistics["exponentials"], 7000);
  EXPECT_EQ(statistics["attend_commands"], 1);
}

TEST(ComputeEngine, AttendInPiecesOfSmallAndLargeBlocks) {
  EngineBench bench;
  const KvCache cache{4, 700, 80, 300};  // a block is three tiles
  cache.store(bench.memory);
  bench.run([&] {
    bench.set_attend(kSource, 300, 300, 4, 80, kQuery, kDestination);
    bench.set(COMPUTE_FLAGS, COMPUTE_FLAG_FIRST);
    bench.execute();
    bench.set64(COMPUTE_SOURCE, kSource + cache.address(300));
    bench.set(COMPUTE_FLAGS, 0);
    bench.execute();
    bench.set64(COMPUTE_SOURCE, kSource + cache.address(600));
    bench.set(COMPUTE_COUNT, 100);
    bench.execute();
    EXPECT_EQ(bench.memory.bytes(Purpose::kOther, true), 0u);
    bench.set(COMPUTE_COUNT, 0);
    bench.set(COMPUTE_FLAGS, COMPUTE_FLAG_LAST);
    bench.execute();
    EXPECT_EQ(bench.get(COMPUTE_ERROR), COMPUTE_ERROR_NONE);
    EXPECT_EQ(bench.get(COMPUTE_COMPLETED), 4u);
  });
  cache.expect_result(bench.memory);
  EXPECT_EQ(bench.memory.bytes(Purpose::kOther, false), 4 * 80 * 2u);  // queries are read once
}

TEST(ComputeEngine, AttendOverNothingGivesZeros) {
  EngineBench bench;
  bench.memory.put(kDestination, random_vectors(1, 256));
  bench.run([&] {
    bench.set_attend(kSource, 0, 0, 2, 128, kQuery, kDestination);
    bench.set(COMPUTE_FLAGS, COMPUTE_FLAG_FIRST | COMPUTE_FLAG_LAST);
    bench.execute();
  });
  EXPECT_EQ(bench.memory.get(kDestination, 256), std::vector<Bfloat16>(256, 0));
}

TEST(ComputeEngine, AttendOverlapsReadingAndComputing) {
  // Eight blocks of 128 tokens x 64, 7 heads: 112 clocks a tile, and 33 ns or 3277 ns of data.
  constexpr Picoseconds kTile = 128 * 64 * 4;
  constexpr Picoseconds kTileCompute = 2 * 128 * 64 * 7 / 1024 * 1000;
  ComputeConfig config = EngineBench::small_config();
  config.macs_per_clock = 1024;
  EngineBench bench(config);
  bench.memory.latency_ps = 0;
  Picoseconds compute_bound = 0;
  Picoseconds memory_bound = 0;
  bench.run([&] {
    bench.set_attend(kSource, 8 * 128, 128, 7, 64, kQuery, kDestination);
    bench.set(COMPUTE_FLAGS, COMPUTE_FLAG_FIRST);
    compute_bound = bench.execute();
    bench.memory.ps_per_byte = 100;
    bench.set(COMPUTE_FLAGS, 0);
    memory_bound = bench.execute();
  });
  constexpr Picoseconds kQueries = 7 * 64 * 2;
  EXPECT_EQ(compute_bound, kCommandPs + kQueries + kTile + 8 * kTileCompute);
  // Two buffers: the bus is never idle, and only the last tile's computation shows.
  EXPECT_EQ(memory_bound, kCommandPs + 8 * kTile * 100 + kTileCompute);
}

TEST(ComputeEngine, SketchIsTheDefinitionBitForBit) {
  EngineBench bench;
  const auto vectors = random_vectors(1, 300 * 128);  // three tiles
  const auto matrix = random_vectors(2, 32 * 128);
  bench.memory.put(kSource, vectors);
  bench.memory.put(kQuery, matrix);
  bench.run([&] {
    bench.set(COMPUTE_OPCODE, COMPUTE_OP_SKETCH);
    bench.set64(COMPUTE_SOURCE, kSource);
    bench.set64(COMPUTE_QUERY, kQuery);
    bench.set64(COMPUTE_DESTINATION, kDestination);
    bench.set(COMPUTE_COUNT, 300);
    bench.set(COMPUTE_DIMENSION, 128);
    bench.set(COMPUTE_OUTPUT_DIMENSION, 32);
    bench.set(COMPUTE_PURPOSE, PRISM_PURPOSE_SIGNATURE_WRITE);
    const Picoseconds time = bench.execute();
    // Matrix and vectors stream one after the other; then the last 44 vectors, the product, and the write.
    const auto data = static_cast<Picoseconds>((32 + 300) * 256) + bench.memory.latency_ps;
    EXPECT_EQ(time, kCommandPs + data + 1000 + 1000 + 64 + bench.memory.latency_ps);
  });
  EXPECT_EQ(bench.memory.get(kDestination, 32), test::reference_sketch(vectors, 300, 128, matrix, 32));
  EXPECT_EQ(bench.memory.bytes(Purpose::kSignatureWrite, false), (32 + 300) * 256u);
  EXPECT_EQ(bench.memory.bytes(Purpose::kSignatureWrite, true), 64u);
  EXPECT_EQ(bench.statistics()["macs"], 300 * 128 + 32 * 128);
}

TEST(ComputeEngine, SketchesOfSeveralGroupsInOneCommand) {
  EngineBench bench;
  constexpr std::uint32_t kGroups = 3, kCount = 150;  // two pieces a group
  const auto vectors = random_vectors(1, kGroups * kCount * 64);
  const auto matrix = random_vectors(2, 8 * 64);
  bench.memory.put(kSource, vectors);
  bench.memory.put(kQuery, matrix);
  bench.run([&] {
    bench.set(COMPUTE_OPCODE, COMPUTE_OP_SKETCH);
    bench.set64(COMPUTE_SOURCE, kSource);
    bench.set64(COMPUTE_QUERY, kQuery);
    bench.set64(COMPUTE_DESTINATION, kDestination);
    bench.set64(COMPUTE_BYTES, 256);
    bench.set(COMPUTE_COUNT, kCount);
    bench.set(COMPUTE_DIMENSION, 64);
    bench.set(COMPUTE_HEADS, kGroups);
    bench.set(COMPUTE_OUTPUT_DIMENSION, 8);
    bench.set(COMPUTE_PURPOSE, PRISM_PURPOSE_OTHER);
    bench.execute();
  });
  for (std::size_t group = 0; group < kGroups; ++group) {
    const auto own = std::span(vectors).subspan(group * kCount * 64, kCount * 64);
    EXPECT_EQ(bench.memory.get(kDestination + group * 256, 8),
              test::reference_sketch(own, kCount, 64, matrix, 8));
  }
}

TEST(ComputeEngine, TakesCommandsFromARingInMemory) {
  EngineBench bench;  // its queue holds four
  constexpr std::uint64_t kRing = kSource + 0x100000;
  constexpr std::uint32_t kEntries = 8;
  std::vector<prism_compute_command> commands(kEntries);
  for (auto& command : commands) {
    command = {};
    command.opcode = COMPUTE_OP_GEMV;
    command.source = kSource;
    command.bytes = 4096;
    command.count = 1;
    command.purpose = PRISM_PURPOSE_WEIGHTS;
  }
  commands.back().flags = COMPUTE_FLAG_INTERRUPT;
  const auto* words = reinterpret_cast<const Bfloat16*>(commands.data());
  bench.memory.put(kRing, {words, commands.size() * sizeof commands[0] / sizeof *words});
  bench.run([&] {
    bench.set(COMPUTE_IRQ_ENABLE, COMPUTE_IRQ_COMPLETE | COMPUTE_IRQ_ERROR);
    bench.set64(COMPUTE_RING_ADDRESS, kRing);
    bench.set(COMPUTE_RING_ENTRIES, kEntries);
    for (std::uint32_t round = 1; round <= 3; ++round) {
      bench.set(COMPUTE_PRODUCER, round * kEntries);
      wait(bench.irq.posedge_event());
      EXPECT_EQ(bench.get(COMPUTE_COMPLETED), round * kEntries);
      bench.set(COMPUTE_IRQ_STATUS, COMPUTE_IRQ_COMPLETE);
      wait(to_sc_time(1000));
    }
    bench.set(COMPUTE_PRODUCER, 4 * kEntries + 1);
    EXPECT_EQ(bench.get(COMPUTE_ERROR), COMPUTE_ERROR_RING);
    bench.set(COMPUTE_CONTROL, COMPUTE_CONTROL_RESET);
    EXPECT_EQ(bench.get(COMPUTE_PRODUCER), 0u);
    bench.set(COMPUTE_WAIT, 1);  // no bank is bound
    bench.set_gemv(kSource, 64, 1);
    bench.execute();
    EXPECT_EQ(bench.get(COMPUTE_ERROR), COMPUTE_ERROR_SEMAPHORE);
  });
  EXPECT_EQ(bench.memory.bytes(Purpose::kWeights, false), 3u * kEntries * 4096);
  EXPECT_EQ(bench.memory.bytes(Purpose::kDescriptors, false), 3u * kEntries * sizeof(prism_compute_command));
}

TEST(ComputeEngine, LapsOfARingMoveSourceAndLayer) {
  EngineBench bench;
  constexpr std::uint64_t kRing = kSource + 0x100000;
  constexpr std::uint32_t kLaps = 3;
  std::vector<prism_compute_command> commands(4);
  commands[0].opcode = COMPUTE_OP_PROJECT_QKV;
  commands[0].source = kSource;
  commands[0].destination = kDestination;
  commands[0].bytes = 4096;
  commands[0].count = 1;
  commands[0].layer = 1;
  commands[0].purpose = PRISM_PURPOSE_WEIGHTS;
  commands[0].lap_layer = 2;
  commands[1].opcode = COMPUTE_OP_SKETCH;
  commands[1].source = kSource;
  commands[1].query = kQuery;
  commands[1].destination = kDestination + 0x1000;
  commands[1].count = 1;
  commands[1].dimension = 16;
  commands[1].output_dimension = 4;
  commands[1].purpose = PRISM_PURPOSE_OTHER;
  commands[1].lap_source = 0x400;
  commands[2].opcode = commands[3].opcode = COMPUTE_OP_NOP;
  commands[3].flags = COMPUTE_FLAG_INTERRUPT;
  const auto* words = reinterpret_cast<const Bfloat16*>(commands.data());
  bench.memory.put(kRing, {words, commands.size() * sizeof commands[0] / sizeof *words});
  const auto matrix = random_vectors(5, 4 * 16);
  const auto last = random_vectors(6, 16);
  bench.memory.put(kQuery, matrix);
  bench.memory.put(kSource + 2 * 0x400, last);
  bench.run([&] {
    bench.set(COMPUTE_IRQ_ENABLE, COMPUTE_IRQ_COMPLETE | COMPUTE_IRQ_ERROR);
    bench.set64(COMPUTE_RING_ADDRESS, kRing);
    bench.set(COMPUTE_RING_ENTRIES, 4);
    bench.set(COMPUTE_RING_LAPS, kLaps);
    bench.set(COMPUTE_COALESCE, kLaps);
    bench.set(COMPUTE_PRODUCER, 4 * kLaps);
    wait(bench.irq.posedge_event());  // one for three that ask
    EXPECT_EQ(bench.get(COMPUTE_COMPLETED), 4 * kLaps);
    EXPECT_EQ(bench.get(COMPUTE_ERROR), COMPUTE_ERROR_NONE);
    bench.set(COMPUTE_PRODUCER, 2 * 4 * kLaps + 1);
    EXPECT_EQ(bench.get(COMPUTE_ERROR), COMPUTE_ERROR_RING);
  });
  EXPECT_EQ(bench.memory.get(kDestination, 1).front(), 512 * (1 + 2 * 2));  // CountingActivations
  EXPECT_EQ(bench.memory.get(kDestination + 0x1000, 4), test::reference_sketch(last, 1, 16, matrix, 4));
}

TEST(ComputeEngine, CommandsQueueInOrder) {
  EngineBench bench;
  const KvCache cache{2, 100, 64, 128};
  cache.store(bench.memory);
  bench.run([&] {
    bench.set_gemv(kSource, 1 << 20, 1);
    bench.ring();
    wait(to_sc_time(1000));
    // Arguments are latched: changing them does not touch the command that is executing.
    bench.set_attend(kSource, 100, 128, 2, 64, kQuery, kDestination);
    bench.set(COMPUTE_FLAGS, COMPUTE_FLAG_FIRST | COMPUTE_FLAG_LAST);
    bench.ring();
    EXPECT_EQ(bench.get(COMPUTE_PENDING), 2u);
    EXPECT_EQ(bench.get(COMPUTE_STATUS), COMPUTE_STATUS_BUSY);
    EXPECT_EQ(bench.get(COMPUTE_COMPLETED), 0u);
    bench.set(COMPUTE_COUNT, 0);
    bench.execute();
    EXPECT_EQ(bench.get(COMPUTE_COMPLETED), 3u);
    EXPECT_EQ(bench.get(COMPUTE_PENDING), 0u);
    EXPECT_EQ(bench.get(COMPUTE_STATUS), 0u);
  });
  EXPECT_EQ(bench.memory.get(kDestination, 128), std::vector<Bfloat16>(128, 0));  // the third command's
  EXPECT_EQ(bench.memory.bytes(Purpose::kKvRead, false), 100 * 64 * 4u);
}

TEST(ComputeEngine, InterruptsAreOptionalMaskableAndClearable) {
  EngineBench bench;
  bench.run([&] {
    bench.set_gemv(kSource, 0, 1);
    bench.ring();
    wait(to_sc_time(20000));
    EXPECT_EQ(bench.get(COMPUTE_COMPLETED), 1u);
    EXPECT_EQ(bench.get(COMPUTE_IRQ_STATUS), 0u);

    bench.set(COMPUTE_FLAGS, COMPUTE_FLAG_INTERRUPT);
    bench.ring();
    wait(to_sc_time(20000));
    EXPECT_EQ(bench.get(COMPUTE_IRQ_STATUS), COMPUTE_IRQ_COMPLETE);
    EXPECT_FALSE(bench.irq.read());
    bench.set(COMPUTE_IRQ_ENABLE, COMPUTE_IRQ_COMPLETE);
    wait(to_sc_time(1));
    EXPECT_TRUE(bench.irq.read());
    bench.set(COMPUTE_IRQ_STATUS, COMPUTE_IRQ_COMPLETE);
    wait(to_sc_time(1));
    EXPECT_FALSE(bench.irq.read());
    EXPECT_EQ(bench.get(COMPUTE_IRQ_STATUS), 0u);
  });
}

}  // namespace
}  // namespace prism::compute
