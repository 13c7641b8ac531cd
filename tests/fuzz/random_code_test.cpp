// SPDX-License-Identifier: Apache-2.0
// Guests of random bytes on the core: 10 000 seeds neither crash nor hang it, nor touch what is not theirs.
#include <gtest/gtest.h>

#include "tests/fuzz/random_code.h"
#include "tests/unit/rv64/test_machine.h"

namespace prism::rv64 {
namespace {

constexpr std::uint64_t kSeeds = 10'000;
constexpr std::size_t kRamBytes = 8192;
constexpr std::uint64_t kInstructions = 1'000;  // a trap counts as one

/// Everything that a guest can see of a finished run.
struct State {
  std::vector<std::byte> ram;
  std::vector<std::uint64_t> registers;
  std::vector<TestMachine::Access> accesses;
  std::uint64_t instructions, cycles, exceptions, pc;

  bool operator==(const State&) const = default;
};

State run(std::uint64_t seed, std::uint64_t quantum) {
  TestMachine machine(kRamBytes);
  machine.ram = test::random_code(seed, kRamBytes);
  const CounterRandom random(seed, 0x72656773);
  auto word = [&, count = 0u]() mutable { return random.words(count++)[0]; };
  // Pointers into RAM, at its edges, to the device and to nowhere.
  for (unsigned number = 1; number < 32; ++number) {
    const std::uint64_t bases[] = {TestMachine::kRam + word() % kRamBytes,
                                   TestMachine::kRam + kRamBytes - 4,
                                   TestMachine::kDevice + word() % 4096,
                                   TestMachine::kUart,
                                   word(),
                                   ~std::uint64_t{0} - word() % 16};
    machine.hart.set_reg(number, bases[word() % std::size(bases)]);
  }
  machine.on_read = [&](std::uint64_t address) { return address * 0x9e3779b97f4a7c15u; };
  machine.on_write = [&](std::uint64_t address, std::uint64_t value) {
    machine.hart.set_interrupt(static_cast<Interrupt>(3 + 4 * (address % 3)), (value & 1) != 0);
    if ((value & 6) == 2) machine.hart.break_reservation(TestMachine::kRam, kRamBytes);
    if ((value & 6) == 4) machine.hart.invalidate_code();
    if ((value & 6) == 6) machine.hart.drop_direct_memory();
  };
  machine.on_fetch = [](std::uint64_t address) { return static_cast<std::uint16_t>(address * 40503u); };
  machine.hart.set_csr(0x305, TestMachine::kRam + (word() % kRamBytes & ~3u));
  machine.hart.set_csr(0x304, 0x888);
  machine.hart.set_pc(TestMachine::kRam);

  Hart& hart = machine.hart;
  const auto done = [&] { return hart.instructions() + hart.exceptions() + hart.interrupts(); };
  while (done() < kInstructions && !machine.finished) {
    const std::uint64_t before = done();
    const ExitReason reason = hart.run({.instructions = std::min(quantum, kInstructions - done())});
    EXPECT_LE(done() - before, quantum) << "seed " << seed;
    EXPECT_EQ(hart.reg(0), 0u);
    EXPECT_EQ(hart.pc() % 2, 0u);
    if (reason == ExitReason::kWfi) hart.set_interrupt(Interrupt::kTimer, !hart.interrupt_waits());
  }
  State state{machine.ram,       {},       machine.accesses, hart.instructions(), hart.cycles(),
              hart.exceptions(), hart.pc()};
  for (unsigned number = 0; number < 32; ++number) state.registers.push_back(hart.reg(number));
  return state;
}

TEST(Fuzz, RandomCodeLeavesTheCoreWhole) {
  std::uint64_t instructions = 0, exceptions = 0, accesses = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const State state = run(seed, 1'000);
    instructions += state.instructions;
    exceptions += state.exceptions;
    accesses += state.accesses.size();
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
  // The guests do something.
  EXPECT_GT(instructions, 10 * kSeeds);
  EXPECT_GT(exceptions, 10 * kSeeds);
  EXPECT_GT(accesses, kSeeds);
}

TEST(Fuzz, RandomCodeDoesNotDependOnTheQuantum) {
  for (std::uint64_t seed = 0; seed < kSeeds; seed += 50) {
    const State expected = run(seed, 1'000'000);
    EXPECT_EQ(run(seed, 1), expected) << "seed " << seed;
    EXPECT_EQ(run(seed, 17), expected) << "seed " << seed;
  }
}

}  // namespace
}  // namespace prism::rv64
