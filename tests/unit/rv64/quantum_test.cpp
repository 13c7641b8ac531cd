// SPDX-License-Identifier: Apache-2.0
// How a run is divided into quanta changes nothing: counts, device accesses, traps, and the end.
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <vector>

#include "models/cpu/rv64/encoding.h"
#include "tests/unit/rv64/test_machine.h"

namespace prism::rv64 {
namespace {

constexpr std::uint64_t kRam = TestMachine::kRam;

struct Outcome {
  std::uint64_t instructions;
  std::uint64_t cycles;
  std::uint64_t exceptions;
  std::uint64_t interrupts;
  std::uint64_t pc;
  std::vector<std::uint64_t> registers;
  std::vector<TestMachine::Access> accesses;

  bool operator==(const Outcome&) const = default;
};

/// A loop with arithmetic, loads, stores, a device, an illegal instruction, a timer interrupt and wfi.
void put_program(TestMachine& machine) {
  using Op = Operation;
  machine.put(
      kRam, {
                encode_u(Op::kAuipc, 6, 0x2000), encode_u(Op::kLui, 5, 0x20000000),
                encode_i(Op::kAddi, 7, 0, 2000), encode_csr(Op::kCsrrsi, 0, 0x300, 8),
                // loop:
                encode_i(Op::kAddi, 10, 10, 3), encode_r(Op::kMul, 11, 10, 7), encode_s(Op::kSd, 6, 11, 64),
                encode_i(Op::kLw, 12, 6, 64), encode_r(Op::kDiv, 13, 11, 10), encode_i(Op::kAndi, 14, 7, 15),
                encode_b(Op::kBne, 14, 0, 16), encode_s(Op::kSw, 5, 7, 0),  // device
                0xffffffff,                                                 // illegal
                match_of(Op::kWfi), encode_r(Op::kAmoaddD, 15, 6, 10), encode_i(Op::kAddi, 7, 7, -1),
                encode_b(Op::kBne, 7, 0, -48), encode_s(Op::kSw, 5, 7, 8), encode_u(Op::kLui, 5, 0x00100000),
                encode_s(Op::kSw, 5, 7, 0),  // the finisher
            });
  machine.put(kRam + 0x400, {
                                // Acknowledge and skip; interrupts go on where they were.
                                encode_csr(Op::kCsrrs, 20, 0x342, 0),
                                encode_csr(Op::kCsrrs, 21, 0x341, 0),
                                encode_b(Op::kBlt, 20, 0, 12),
                                encode_i(Op::kAddi, 21, 21, 4),
                                encode_csr(Op::kCsrrw, 0, 0x341, 21),
                                encode_b(Op::kBge, 20, 0, 8),
                                encode_s(Op::kSw, 5, 0, 4),  // device: clears the timer
                                encode_i(Op::kAddi, 22, 22, 1),
                                match_of(Op::kMret),
                            });
}

/// Runs with quanta of `quantum` instructions; a timer fires every 1000 cycles, at the exact cycle.
Outcome run(std::uint64_t quantum) {
  TestMachine machine(1 << 20,
                      {.reset_address = kRam, .cycles = {1, 3, 12, 2, 1, 4, 1, 2, 3}, .trap_cycles = 5});
  put_program(machine);
  machine.hart.set_csr(0x305, kRam + 0x400);
  machine.hart.set_csr(0x304, 0x80);
  constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t timer = 1000;
  bool raised = false;
  machine.on_write = [&](std::uint64_t address, std::uint64_t) {
    machine.hart.add_cycles(25);
    if (address != TestMachine::kDevice + 4) return;
    machine.hart.set_interrupt(Interrupt::kTimer, false);
    raised = false;
    while (timer <= machine.hart.cycles()) timer += 1000;
  };
  while (!machine.finished) {
    const ExitReason reason =
        machine.hart.run({.instructions = quantum, .until_cycle = raised ? kNever : timer});
    if (reason == ExitReason::kWfi && machine.hart.cycles() < timer) {
      machine.hart.add_cycles(timer - machine.hart.cycles());
    }
    if (!raised && machine.hart.cycles() >= timer) {
      raised = true;
      machine.hart.set_interrupt(Interrupt::kTimer, true);
    }
  }
  Outcome outcome = {machine.hart.instructions(),
                     machine.hart.cycles(),
                     machine.hart.exceptions(),
                     machine.hart.interrupts(),
                     machine.hart.pc(),
                     {},
                     machine.accesses};
  for (unsigned i = 0; i < 32; ++i) outcome.registers.push_back(machine.hart.reg(i));
  return outcome;
}

TEST(Quantum, ChangesNothing) {
  const Outcome expected = run(1'000'000);
  EXPECT_EQ(expected.exceptions, 125u);
  EXPECT_GE(expected.interrupts, 50u);
  EXPECT_GT(expected.instructions, 20'000u);
  for (const std::uint64_t quantum : {1, 2, 3, 7, 100, 10'000}) EXPECT_EQ(run(quantum), expected) << quantum;
}

}  // namespace
}  // namespace prism::rv64
