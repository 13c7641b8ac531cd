// SPDX-License-Identifier: Apache-2.0
// The engine under a guest's mistakes: every error code, halting, full queue, reset.
#include <gtest/gtest.h>

#include "tests/unit/compute/engine_fixture.h"
#include "tests/unit/compute/random_vectors.h"

namespace prism::compute {
namespace {

using test::EngineBench;
using test::random_vectors;
using test::TimedMemory;

constexpr std::uint64_t kSource = TimedMemory::kBase + 0x100000;
constexpr std::uint64_t kQuery = TimedMemory::kBase + 0x1000;
constexpr std::uint64_t kDestination = TimedMemory::kBase + 0x8000;

/// Executes the command that the registers hold, expects it to fail, and resets.
void expect_error(EngineBench& bench, std::uint32_t error) {
  bench.execute();
  EXPECT_EQ(bench.get(COMPUTE_ERROR), error);
  EXPECT_EQ(bench.get(COMPUTE_ERROR_COMMAND), bench.get(COMPUTE_COMPLETED) + 1);
  EXPECT_EQ(bench.get(COMPUTE_IRQ_STATUS), COMPUTE_IRQ_ERROR);
  EXPECT_EQ(bench.get(COMPUTE_STATUS), COMPUTE_STATUS_ERROR);
  EXPECT_TRUE(bench.irq.read());
  bench.set(COMPUTE_CONTROL, COMPUTE_CONTROL_RESET);
  wait(to_sc_time(1));
  EXPECT_FALSE(bench.irq.read());
  for (const std::uint64_t offset :
       {COMPUTE_STATUS, COMPUTE_ERROR, COMPUTE_ERROR_COMMAND, COMPUTE_IRQ_STATUS, COMPUTE_COMPLETED}) {
    EXPECT_EQ(bench.get(offset), 0u) << offset;
  }
}

TEST(ComputeEngineErrors, UnknownOpcodes) {
  EngineBench bench;
  bench.run([&] {
    for (const std::uint32_t opcode : {0u, 5u, 0xFFFFFFFFu}) {
      bench.set_gemv(kSource, 0, 1);
      bench.execute();  // so that the failing command is the second one
      bench.set(COMPUTE_OPCODE, opcode);
      expect_error(bench, COMPUTE_ERROR_OPCODE);
    }
  });
  EXPECT_EQ(bench.statistics()["errors"], 3);
  EXPECT_DOUBLE_EQ(bench.statistics()["stall_ns"], 0.0);
}

TEST(ComputeEngineErrors, ProjectQkvWithoutAWorkloadIsUnknown) {
  EngineBench bench(EngineBench::small_config(), false);
  bench.run([&] {
    bench.set_gemv(kSource, 4096, 1);
    bench.set(COMPUTE_OPCODE, COMPUTE_OP_PROJECT_QKV);
    expect_error(bench, COMPUTE_ERROR_OPCODE);
  });
  EXPECT_TRUE(bench.memory.accesses.empty());
}

TEST(ComputeEngineErrors, Arguments) {
  EngineBench bench;
  bench.run([&] {
    bench.set_gemv(kSource, 4096, 0);
    expect_error(bench, COMPUTE_ERROR_ARGUMENT);
    bench.set_gemv(kSource, 4096, 1);
    bench.set(COMPUTE_PURPOSE, 9);
    expect_error(bench, COMPUTE_ERROR_ARGUMENT);
    bench.set_gemv(kSource, 4096, 2);
    bench.set(COMPUTE_OPCODE, COMPUTE_OP_PROJECT_QKV);
    bench.set64(COMPUTE_DESTINATION, ~std::uint64_t{0} - 300);
    expect_error(bench, COMPUTE_ERROR_ARGUMENT);
    bench.set_attend(kSource, 128, 0, 7, 128, kQuery, kDestination);
    bench.set(COMPUTE_FLAGS, COMPUTE_FLAG_FIRST);
    expect_error(bench, COMPUTE_ERROR_ARGUMENT);
    bench.set(COMPUTE_OPCODE, COMPUTE_OP_SKETCH);
    bench.set(COMPUTE_OUTPUT_DIMENSION, 4000000000u);
    expect_error(bench, COMPUTE_ERROR_ARGUMENT);
  });
  EXPECT_TRUE(bench.memory.accesses.empty());
}

TEST(ComputeEngineErrors, AttendNeedsARunningSoftmaxOfItsShape) {
  EngineBench bench;
  bench.run([&] {
    bench.set_attend(kSource, 128, 128, 4, 64, kQuery, kDestination);
    bench.set(COMPUTE_FLAGS, COMPUTE_FLAG_LAST);
    expect_error(bench, COMPUTE_ERROR_ARGUMENT);

    const auto start = [&] {
      bench.set_attend(kSource, 128, 128, 4, 64, kQuery, kDestination);
      bench.set(COMPUTE_FLAGS, COMPUTE_FLAG_FIRST);
      bench.execute();
      EXPECT_EQ(bench.get(COMPUTE_ERROR), COMPUTE_ERROR_NONE);
      bench.set(COMPUTE_FLAGS, 0);
    };
    start();
    bench.set(COMPUTE_HEADS, 5);
    expect_error(bench, COMPUTE_ERROR_ARGUMENT);
    start();
    bench.set(COMPUTE_DIMENSION, 128);
    expect_error(bench, COMPUTE_ERROR_ARGUMENT);
    // LAST ends the softmax.
    start();
    bench.set(COMPUTE_FLAGS, COMPUTE_FLAG_LAST);
    bench.execute();
    EXPECT_EQ(bench.get(COMPUTE_ERROR), COMPUTE_ERROR_NONE);
    bench.set(COMPUTE_FLAGS, COMPUTE_FLAG_LAST);
    expect_error(bench, COMPUTE_ERROR_ARGUMENT);
    // So does a reset.
    start();
    bench.set(COMPUTE_CONTROL, COMPUTE_CONTROL_RESET);
    expect_error(bench, COMPUTE_ERROR_ARGUMENT);
  });
}

TEST(ComputeEngineErrors, BusErrorsOfEveryTransfer) {
  EngineBench bench;
  bench.run([&] {
    bench.set_gemv(TimedMemory::kBase + TimedMemory::kBytes - (1 << 20), 2 << 20,
                   1);  // runs off the memory's end
    expect_error(bench, COMPUTE_ERROR_BUS);

    bench.set_gemv(kSource, 4096, 1);
    bench.set(COMPUTE_OPCODE, COMPUTE_OP_PROJECT_QKV);
    bench.set64(COMPUTE_DESTINATION, 0);
    expect_error(bench, COMPUTE_ERROR_BUS);

    const std::uint64_t values_of_last_block = kSource + 3 * 2 * 128 * 128 + 128 * 128;
    for (const std::uint64_t bad : {kQuery, kSource, values_of_last_block, kDestination}) {
      bench.memory.bad_address = bad;
      bench.set_attend(kSource, 512, 128, 4, 64, kQuery, kDestination);
      bench.set(COMPUTE_FLAGS, COMPUTE_FLAG_FIRST | COMPUTE_FLAG_LAST);
      expect_error(bench, COMPUTE_ERROR_BUS);
    }
    for (const std::uint64_t bad : {kQuery, kSource + 299 * 128, kDestination}) {
      bench.memory.bad_address = bad;
      bench.set(COMPUTE_OPCODE, COMPUTE_OP_SKETCH);
      bench.set(COMPUTE_COUNT, 300);
      bench.set(COMPUTE_OUTPUT_DIMENSION, 32);
      expect_error(bench, COMPUTE_ERROR_BUS);
    }
    // The engine recovers: the same command, on good memory.
    bench.memory.bad_address.reset();
    bench.execute();
    EXPECT_EQ(bench.get(COMPUTE_ERROR), COMPUTE_ERROR_NONE);
    EXPECT_EQ(bench.get(COMPUTE_COMPLETED), 1u);
  });
  EXPECT_EQ(bench.statistics()["errors"], 9);
}

TEST(ComputeEngineErrors, NothingExecutesAfterAFailure) {
  EngineBench bench;
  bench.run([&] {
    bench.set_gemv(0, 4096, 1);
    bench.ring();
    bench.set_gemv(kSource, 4096, 1);
    bench.ring();
    bench.ring();
    wait(to_sc_time(1000000));
    EXPECT_EQ(bench.get(COMPUTE_ERROR), COMPUTE_ERROR_BUS);
    EXPECT_EQ(bench.get(COMPUTE_ERROR_COMMAND), 1u);
    EXPECT_EQ(bench.get(COMPUTE_COMPLETED), 0u);
    EXPECT_EQ(bench.get(COMPUTE_PENDING), 2u);
    bench.ring();  // ignored
    EXPECT_EQ(bench.get(COMPUTE_PENDING), 2u);
    EXPECT_EQ(bench.memory.accesses.size(), 1u);

    bench.set(COMPUTE_CONTROL, COMPUTE_CONTROL_RESET);
    EXPECT_EQ(bench.get(COMPUTE_PENDING), 0u);
    wait(to_sc_time(1000000));
    EXPECT_EQ(bench.get(COMPUTE_COMPLETED), 0u);
    EXPECT_EQ(bench.memory.accesses.size(), 1u);
    bench.execute();  // arguments survived the reset
    EXPECT_EQ(bench.get(COMPUTE_COMPLETED), 1u);
    EXPECT_EQ(bench.memory.accesses.size(), 2u);
  });
}

TEST(ComputeEngineErrors, FullQueueDropsTheCommandAndKeepsTheOthers) {
  EngineBench bench;
  bench.run([&] {
    bench.set_gemv(kSource, 4096, 1);
    bench.ring();
    wait(to_sc_time(1));  // the first command leaves the queue
    for (int i = 0; i < 4; ++i) bench.ring();
    EXPECT_EQ(bench.get(COMPUTE_STATUS), COMPUTE_STATUS_BUSY | COMPUTE_STATUS_FULL);
    EXPECT_EQ(bench.get(COMPUTE_PENDING), 5u);
    EXPECT_EQ(bench.get(COMPUTE_ERROR), COMPUTE_ERROR_NONE);
    bench.ring();
    EXPECT_EQ(bench.get(COMPUTE_PENDING), 5u);
    EXPECT_EQ(bench.get(COMPUTE_ERROR), COMPUTE_ERROR_FULL);
    EXPECT_EQ(bench.get(COMPUTE_ERROR_COMMAND), 6u);
    EXPECT_EQ(bench.get(COMPUTE_IRQ_STATUS), COMPUTE_IRQ_ERROR);
    wait(to_sc_time(1000000));
    EXPECT_EQ(bench.get(COMPUTE_COMPLETED), 5u);
    EXPECT_EQ(bench.get(COMPUTE_STATUS), COMPUTE_STATUS_ERROR);
    bench.ring();  // ignored: the dropped command has not been dealt with
    EXPECT_EQ(bench.get(COMPUTE_PENDING), 0u);
  });
}

TEST(ComputeEngineErrors, ResetStopsTheExecutingCommand) {
  EngineBench bench;
  bench.memory.put(kSource, random_vectors(1, 1000));
  bench.run([&] {
    bench.set_gemv(kSource, 8 << 20, 1);
    bench.set(COMPUTE_FLAGS, COMPUTE_FLAG_INTERRUPT);
    bench.ring();
    bench.ring();
    wait(to_sc_time(500000));  // within the first command
    const std::size_t issued = bench.memory.accesses.size();
    EXPECT_GT(issued, 0u);
    bench.set(COMPUTE_CONTROL, COMPUTE_CONTROL_RESET);
    EXPECT_EQ(bench.get(COMPUTE_PENDING), 0u);
    EXPECT_EQ(bench.get(COMPUTE_STATUS), COMPUTE_STATUS_BUSY);  // its bursts are still out
    bench.set_gemv(kSource, 16384, 1);                          // waits for them
    bench.ring();
    EXPECT_EQ(bench.get(COMPUTE_PENDING), 1u);
    wait(to_sc_time(5000000));
    EXPECT_EQ(bench.memory.accesses.size(), issued + 1);
    EXPECT_EQ(bench.get(COMPUTE_STATUS), 0u);
    EXPECT_EQ(bench.get(COMPUTE_COMPLETED), 1u);
  });
}

TEST(ComputeEngineErrors, ResetWhileACommandIsDecoded) {
  EngineBench bench;
  bench.run([&] {
    bench.set_gemv(0, 4096, 1);  // would fail
    bench.ring();
    wait(to_sc_time(5000));
    bench.set(COMPUTE_CONTROL, COMPUTE_CONTROL_RESET);
    wait(to_sc_time(1000000));
    EXPECT_EQ(bench.get(COMPUTE_ERROR), COMPUTE_ERROR_NONE);
    EXPECT_EQ(bench.get(COMPUTE_STATUS), 0u);
  });
  EXPECT_TRUE(bench.memory.accesses.empty());
}

}  // namespace
}  // namespace prism::compute
