// SPDX-License-Identifier: Apache-2.0
// Changing code, fetching, and limits.
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "models/common/random.h"
#include "models/cpu/rv64/encoding.h"
#include "tests/unit/rv64/test_machine.h"

namespace prism::rv64 {
namespace {

constexpr std::uint64_t kRam = TestMachine::kRam;
constexpr std::uint32_t kNop = match_of(Operation::kAddi);

std::uint32_t load_immediate(unsigned rd, int value) {
  return encode_i(Operation::kAddi, rd, 0, value);
}

/// Calls a function, overwrites its first instruction, calls it again.
void put_self_modifying_program(TestMachine& machine, bool with_fence) {
  machine.put(kRam, {
                        encode_j(Operation::kJal, 1, 0x100),    // call
                        encode_i(Operation::kAddi, 11, 10, 0),  // first result
                        encode_s(Operation::kSw, 5, 6, 0x100),  // overwrite
                        with_fence ? match_of(Operation::kFenceI) : kNop,
                        encode_j(Operation::kJal, 1, 0x100 - 16),  // call
                        match_of(Operation::kWfi),
                    });
  machine.put(kRam + 0x100, {load_immediate(10, 1), encode_i(Operation::kJalr, 0, 1, 0)});
  machine.hart.set_reg(5, kRam);
  machine.hart.set_reg(6, load_immediate(10, 2));
}

TEST(Code, SelfModificationIsSeenAfterFenceI) {
  TestMachine machine;
  put_self_modifying_program(machine, true);
  EXPECT_EQ(machine.hart.run({.instructions = 100}), ExitReason::kWfi);
  EXPECT_EQ(machine.hart.reg(11), 1u);
  EXPECT_EQ(machine.hart.reg(10), 2u);
}

TEST(Code, DecodedCodeStaysUntilFenceI) {
  TestMachine machine;
  put_self_modifying_program(machine, false);
  EXPECT_EQ(machine.hart.run({.instructions = 100}), ExitReason::kWfi);
  EXPECT_EQ(machine.hart.reg(10), 1u);  // which the architecture allows
}

TEST(Code, WritesOfOthersAreSeenAfterInvalidation) {
  TestMachine machine;
  machine.put(kRam, {load_immediate(10, 1), encode_j(Operation::kJal, 0, -4)});
  machine.hart.run({.instructions = 10});
  const std::uint32_t word = load_immediate(10, 2);
  std::memcpy(machine.ram.data(), &word, 4);
  machine.hart.run({.instructions = 10});
  EXPECT_EQ(machine.hart.reg(10), 1u);
  machine.hart.invalidate_code();
  machine.hart.run({.instructions = 10});
  EXPECT_EQ(machine.hart.reg(10), 2u);
}

TEST(Code, InvalidationWithinADeviceAccess) {
  TestMachine machine;
  machine.put(kRam, {encode_s(Operation::kSw, 5, 0, 0), load_immediate(10, 1), match_of(Operation::kWfi)});
  machine.hart.set_reg(5, TestMachine::kDevice);
  machine.on_write = [&](std::uint64_t, std::uint64_t) { machine.put(kRam + 4, {load_immediate(10, 2)}); };
  machine.hart.run({});
  EXPECT_EQ(machine.hart.reg(10), 2u);
  EXPECT_EQ(machine.hart.instructions(), 3u);
}

TEST(Code, RunsFromADevice) {
  TestMachine machine;
  const std::vector<std::uint32_t> words = {load_immediate(10, 1), encode_i(Operation::kAddi, 10, 10, 5),
                                            encode_j(Operation::kJal, 0, -4)};
  machine.on_fetch = [&](std::uint64_t address) {
    const std::uint64_t offset = address - TestMachine::kDevice;
    return static_cast<std::uint16_t>(words.at(offset / 4) >> 8 * (offset % 4));
  };
  machine.hart.set_pc(TestMachine::kDevice);
  machine.hart.run({.instructions = 6});
  EXPECT_EQ(machine.hart.reg(10), 16u);
  EXPECT_EQ(machine.hart.pc(), TestMachine::kDevice + 8);
}

TEST(Code, LongStraightCode) {
  TestMachine machine;
  machine.put(kRam, std::vector<std::uint32_t>(1000, encode_i(Operation::kAddi, 5, 5, 1)));
  machine.hart.run({.instructions = 777});
  EXPECT_EQ(machine.hart.reg(5), 777u);
  EXPECT_EQ(machine.hart.pc(), kRam + std::uint64_t{4} * 777);
}

TEST(Code, MoreBlocksThanTheCacheHolds) {
  TestMachine machine(8 << 20);
  const std::size_t jumps = BlockCache::kMaxBlocks + 1000;
  std::vector<std::uint32_t> words(jumps, encode_j(Operation::kJal, 0, 4));
  words.push_back(match_of(Operation::kWfi));
  machine.put(kRam, words);
  EXPECT_EQ(machine.hart.run({}), ExitReason::kWfi);
  EXPECT_EQ(machine.hart.instructions(), jumps + 1);
}

TEST(Code, CycleLimitEndsAtTheFirstInstructionThatReachesIt) {
  TestMachine machine(1 << 20, {.reset_address = kRam, .cycles = {1, 4, 10, 1, 1, 1, 1, 1, 1}});
  machine.put(kRam, {kNop, encode_r(Operation::kMul, 5, 5, 5), encode_r(Operation::kDiv, 5, 5, 5), kNop});
  EXPECT_EQ(machine.hart.run({.until_cycle = 5}), ExitReason::kLimit);
  EXPECT_EQ(machine.hart.pc(), kRam + 8);
  EXPECT_EQ(machine.hart.cycles(), 5u);
  EXPECT_EQ(machine.hart.run({.until_cycle = 6}), ExitReason::kLimit);
  EXPECT_EQ(machine.hart.pc(), kRam + 12);
  EXPECT_EQ(machine.hart.cycles(), 15u);
  EXPECT_EQ(machine.hart.run({.until_cycle = 6}), ExitReason::kLimit);
  EXPECT_EQ(machine.hart.pc(), kRam + 12);
}

TEST(Code, DeviceTimeCountsForTheCycleLimit) {
  TestMachine machine;
  machine.put(kRam, {encode_i(Operation::kLw, 6, 5, 0), kNop, kNop});
  machine.hart.set_reg(5, TestMachine::kDevice);
  machine.on_read = [&](std::uint64_t) {
    machine.hart.add_cycles(50);
    return 0;
  };
  EXPECT_EQ(machine.hart.run({.until_cycle = 20}), ExitReason::kLimit);
  EXPECT_EQ(machine.hart.pc(), kRam + 4);
  EXPECT_EQ(machine.hart.cycles(), 51u);
}

TEST(Code, StopEndsTheRunBehindTheInstruction) {
  TestMachine machine;
  machine.put(kRam, {kNop, encode_s(Operation::kSw, 5, 0, 0), kNop, kNop});
  machine.hart.set_reg(5, TestMachine::kFinisher);
  EXPECT_EQ(machine.hart.run({.instructions = 4}), ExitReason::kStopped);
  EXPECT_EQ(machine.hart.pc(), kRam + 8);
  EXPECT_EQ(machine.hart.instructions(), 2u);
  EXPECT_EQ(machine.hart.run({.instructions = 2}), ExitReason::kLimit);
}

TEST(Code, HartsAreIndependent) {
  TestMachine first;
  TestMachine second;
  first.put(kRam, {load_immediate(10, 1), encode_j(Operation::kJal, 0, -4)});
  second.put(kRam, {load_immediate(10, 2), encode_j(Operation::kJal, 0, -4)});
  for (int i = 0; i < 3; ++i) {
    first.hart.run({.instructions = 5});
    second.hart.run({.instructions = 7});
  }
  EXPECT_EQ(first.hart.reg(10), 1u);
  EXPECT_EQ(second.hart.reg(10), 2u);
  EXPECT_EQ(first.hart.instructions(), 15u);
  EXPECT_EQ(second.hart.instructions(), 21u);
}

TEST(Code, Reset) {
  TestMachine machine;
  machine.put(kRam, {load_immediate(10, 1)});
  machine.hart.set_csr(0x340, 5);
  machine.hart.run({.instructions = 1});
  machine.hart.reset();
  EXPECT_EQ(machine.hart.pc(), kRam);
  EXPECT_EQ(machine.hart.reg(10), 0u);
  EXPECT_EQ(machine.hart.csr(0x340), 0u);
}

/// Random bytes as a program: whatever they do, the hart stays within its limits and its RAM.
TEST(Fuzz, RandomBytes) {
  constexpr std::uint32_t kSeeds = 10'000;
  constexpr std::size_t kRamBytes = 16384;
  constexpr std::uint64_t kSteps = 500;
  const CounterRandom random(1, 2);
  for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
    TestMachine machine(kRamBytes);
    for (std::uint32_t i = 0; i < 1024; ++i) {
      const auto words = random.words(i, seed);
      std::memcpy(&machine.ram[std::size_t{16} * i], words.data(), 16);
    }
    const auto start = random.words(0, seed, 1);
    machine.hart.set_csr(0x305, kRam + start[0] % kRamBytes / 4 * 4);
    machine.hart.set_csr(0x304, 0x888);
    for (unsigned i = 1; i < 32; ++i)
      machine.hart.set_reg(i, kRam + random.words(i, seed, 2)[0] % kRamBytes / 8 * 8);
    machine.on_read = [&](std::uint64_t address) {
      machine.hart.set_interrupt(Interrupt::kExternal, address % 3 == 0);
      return address;
    };
    std::uint64_t done = 0;
    while (done < kSteps) {
      const std::uint64_t before =
          machine.hart.instructions() + machine.hart.exceptions() + machine.hart.interrupts();
      const std::uint64_t limit = 1 + random.words(static_cast<std::uint32_t>(done), seed, 3)[0] % 100;
      machine.hart.run({.instructions = limit});
      const std::uint64_t steps =
          machine.hart.instructions() + machine.hart.exceptions() + machine.hart.interrupts() - before;
      ASSERT_GE(steps, 1u) << "seed " << seed;
      ASSERT_LE(steps, limit) << "seed " << seed;
      done += steps;
      machine.hart.set_interrupt(Interrupt::kTimer, done % 2 == 0);
    }
  }
}

}  // namespace
}  // namespace prism::rv64
