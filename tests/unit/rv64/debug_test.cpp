// SPDX-License-Identifier: Apache-2.0
// What a debugger needs: breakpoints, watchpoints, steps, traces, profiles.
#include <gtest/gtest.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "models/cpu/rv64/encoding.h"
#include "tests/unit/rv64/test_machine.h"

namespace prism::rv64 {
namespace {

constexpr std::uint64_t kRam = TestMachine::kRam;
constexpr std::uint64_t kData = kRam + 0x2000;

class Debug : public testing::Test {
 protected:
  /// A loop: x5 counts rounds; x6 points to data, which each round reads and writes.
  Debug() {
    machine_.put(kRam, {
                           encode_i(Operation::kAddi, 5, 5, 1),
                           encode_i(Operation::kLd, 7, 6, 8),
                           encode_s(Operation::kSd, 6, 5, 16),
                           encode_j(Operation::kJal, 0, -12),
                       });
    machine_.hart.set_reg(6, kData);
  }
  ExitReason run(std::uint64_t instructions = 1000) {
    return machine_.hart.run({.instructions = instructions});
  }

  TestMachine machine_;
};

TEST_F(Debug, BreakpointStopsBeforeItsInstructionEveryTime) {
  run(10);
  machine_.hart.add_breakpoint(kRam + 4);
  for (std::uint64_t round = 4; round < 8; ++round) {
    EXPECT_EQ(run(), ExitReason::kBreakpoint);
    EXPECT_EQ(machine_.hart.pc(), kRam + 4);
    EXPECT_EQ(machine_.hart.reg(5), round);
    EXPECT_EQ(machine_.hart.instructions(), 4 * (round - 1) + 1);
  }
  machine_.hart.remove_breakpoint(kRam + 4);
  EXPECT_EQ(run(), ExitReason::kLimit);
}

TEST_F(Debug, BreakpointAtTheEndOfAQuantumIsReported) {
  machine_.hart.add_breakpoint(kRam + 8);
  EXPECT_EQ(run(2), ExitReason::kLimit);
  EXPECT_EQ(machine_.hart.pc(), kRam + 8);
  EXPECT_EQ(run(2), ExitReason::kBreakpoint);
  EXPECT_EQ(run(1), ExitReason::kLimit);  // steps over it
  EXPECT_EQ(machine_.hart.pc(), kRam + 12);
}

TEST_F(Debug, BreakpointIsReportedAgainAfterSetPc) {
  machine_.hart.add_breakpoint(kRam);
  EXPECT_EQ(run(), ExitReason::kBreakpoint);
  machine_.hart.set_pc(kRam);
  EXPECT_EQ(run(), ExitReason::kBreakpoint);
  EXPECT_EQ(machine_.hart.instructions(), 0u);
}

TEST_F(Debug, AdjacentBreakpoints) {
  machine_.hart.add_breakpoint(kRam);
  machine_.hart.add_breakpoint(kRam + 4);
  EXPECT_EQ(run(), ExitReason::kBreakpoint);
  EXPECT_EQ(run(), ExitReason::kBreakpoint);
  EXPECT_EQ(machine_.hart.pc(), kRam + 4);
  EXPECT_EQ(machine_.hart.instructions(), 1u);
}

TEST_F(Debug, WatchpointsStopBehindTheAccess) {
  run(40);  // the pages are known
  const Watchpoint write = {kData + 20, 1, WatchKind::kWrite};
  machine_.hart.add_watchpoint(write);
  EXPECT_EQ(run(), ExitReason::kWatchpoint);
  EXPECT_EQ(machine_.hart.watchpoint_hit(), write);
  EXPECT_EQ(machine_.hart.pc(), kRam + 12);
  EXPECT_EQ(machine_.get<std::uint64_t>(kData + 16), 11u);
  machine_.hart.remove_watchpoint(write);
  const Watchpoint read = {kData + 8, 8, WatchKind::kRead};
  machine_.hart.add_watchpoint(read);
  EXPECT_EQ(run(), ExitReason::kWatchpoint);
  EXPECT_EQ(machine_.hart.watchpoint_hit(), read);
  EXPECT_EQ(machine_.hart.pc(), kRam + 8);
  machine_.hart.remove_watchpoint(read);
  EXPECT_EQ(run(), ExitReason::kLimit);
}

TEST_F(Debug, WatchpointsIgnoreTheOtherKindAndNeighbours) {
  machine_.hart.add_watchpoint({kData + 8, 8, WatchKind::kWrite});
  machine_.hart.add_watchpoint({kData + 16, 8, WatchKind::kRead});
  machine_.hart.add_watchpoint({kData + 24, 8, WatchKind::kAccess});
  machine_.hart.add_watchpoint({kData, 8, WatchKind::kAccess});
  EXPECT_EQ(run(), ExitReason::kLimit);
  EXPECT_EQ(machine_.hart.instructions(), 1000u);
  machine_.hart.add_watchpoint({kData + 15, 2, WatchKind::kAccess});
  EXPECT_EQ(run(), ExitReason::kWatchpoint);
}

TEST_F(Debug, StepsMatchARun) {
  TestMachine other;
  other.ram = machine_.ram;
  other.hart.set_reg(6, kData);
  other.hart.run({.instructions = 123});
  for (int i = 0; i < 123; ++i) run(1);
  EXPECT_EQ(machine_.hart.pc(), other.hart.pc());
  EXPECT_EQ(machine_.hart.reg(5), other.hart.reg(5));
  EXPECT_EQ(machine_.hart.cycles(), other.hart.cycles());
}

TEST_F(Debug, TraceShowsEachInstructionOfItsRange) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> seen;
  std::vector<std::uint64_t> counts;
  run(8);
  machine_.hart.set_trace({kRam + 4, kRam + 12, [&](std::uint64_t pc, std::uint32_t word) {
                             seen.emplace_back(pc, word);
                             counts.push_back(machine_.hart.instructions());
                           }});
  run(8);
  const std::vector<std::pair<std::uint64_t, std::uint32_t>> expected = {
      {kRam + 4, encode_i(Operation::kLd, 7, 6, 8)},
      {kRam + 8, encode_s(Operation::kSd, 6, 5, 16)},
      {kRam + 4, encode_i(Operation::kLd, 7, 6, 8)},
      {kRam + 8, encode_s(Operation::kSd, 6, 5, 16)}};
  EXPECT_EQ(seen, expected);
  EXPECT_EQ(counts, (std::vector<std::uint64_t>{9, 10, 13, 14}));
  machine_.hart.clear_trace();
  run(8);
  EXPECT_EQ(seen.size(), 4u);
}

TEST_F(Debug, TraceSeesRegistersBeforeTheInstruction) {
  std::vector<std::uint64_t> values;
  machine_.hart.set_trace(
      {kRam, kRam + 4, [&](std::uint64_t, std::uint32_t) { values.push_back(machine_.hart.reg(5)); }});
  run(12);
  EXPECT_EQ(values, (std::vector<std::uint64_t>{0, 1, 2}));
}

TEST_F(Debug, ProfileCountsInstructions) {
  for (int i = 0; i < 10; ++i) run(101);
  std::uint64_t sum = 0;
  for (const auto& [pc, instructions] : machine_.hart.profile()) {
    EXPECT_GE(pc, kRam);
    EXPECT_LT(pc, kRam + 16);
    sum += instructions;
  }
  EXPECT_EQ(sum, 1010u);
  machine_.hart.invalidate_code();
  run(90);
  sum = 0;
  for (const auto& [pc, instructions] : machine_.hart.profile()) sum += instructions;
  EXPECT_EQ(sum, 1100u);
}

}  // namespace
}  // namespace prism::rv64
