// SPDX-License-Identifier: Apache-2.0
// Exceptions, interrupts and control registers.
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "models/cpu/rv64/encoding.h"
#include "tests/unit/rv64/test_machine.h"

namespace prism::rv64 {
namespace {

constexpr std::uint64_t kRam = TestMachine::kRam;
constexpr std::uint64_t kHandler = kRam + 0x800;
constexpr std::uint32_t kNop = match_of(Operation::kAddi);
constexpr std::uint64_t kMieBit = 8;
constexpr std::uint64_t kMpieBit = 0x80;
constexpr std::uint64_t kMppMachine = 0x1800;

constexpr std::uint32_t kMstatus = 0x300;
constexpr std::uint32_t kMie = 0x304;
constexpr std::uint32_t kMtvec = 0x305;
constexpr std::uint32_t kMepc = 0x341;
constexpr std::uint32_t kMcause = 0x342;
constexpr std::uint32_t kMtval = 0x343;
constexpr std::uint32_t kMip = 0x344;

class Trap : public testing::Test {
 protected:
  Trap() { machine_.hart.set_csr(kMtvec, kHandler); }

  void expect_exception(std::uint64_t cause, std::uint64_t pc, std::uint64_t value) {
    EXPECT_EQ(machine_.hart.pc(), kHandler);
    EXPECT_EQ(csr(kMcause), cause);
    EXPECT_EQ(csr(kMepc), pc);
    EXPECT_EQ(csr(kMtval), value);
  }
  std::uint64_t csr(std::uint32_t number) { return machine_.hart.csr(number).value(); }
  void put(const std::vector<std::uint32_t>& words) { machine_.put(kRam, words); }
  void step(std::uint64_t count = 1) { machine_.hart.run({.instructions = count}); }

  TestMachine machine_;
};

TEST_F(Trap, IllegalInstructionGivesItsWord) {
  put({kNop, 0xffffffff});
  step(2);
  expect_exception(2, kRam + 4, 0xffffffff);
  EXPECT_EQ(machine_.hart.instructions(), 1u);
  EXPECT_EQ(machine_.hart.exceptions(), 1u);
}

TEST_F(Trap, IllegalCompressedInstructionGives16Bits) {
  put({0x12348000});
  step();
  expect_exception(2, kRam, 0x8000);
}

TEST_F(Trap, EcallAndEbreak) {
  put({match_of(Operation::kEcall)});
  step();
  expect_exception(11, kRam, 0);
  put({match_of(Operation::kEbreak)});
  machine_.hart.set_pc(kRam);
  step();
  expect_exception(3, kRam, 0);
  EXPECT_EQ(machine_.hart.instructions(), 0u);
}

TEST_F(Trap, FetchFaults) {
  put({encode_u(Operation::kLui, 5, 0x50000000), encode_i(Operation::kJalr, 1, 5, 0x40)});
  step(3);
  expect_exception(1, 0x5000'0040, 0x5000'0040);
  EXPECT_EQ(machine_.hart.reg(1), kRam + 8);  // the jump itself was fine
  EXPECT_EQ(machine_.hart.instructions(), 2u);
}

TEST_F(Trap, FetchFaultInTheSecondHalf) {
  const std::uint64_t end = kRam + machine_.ram.size();
  const std::uint16_t half = 0x0013;  // of a nop
  std::memcpy(&machine_.ram[machine_.ram.size() - 2], &half, 2);
  machine_.hart.set_pc(end - 2);
  step();
  expect_exception(1, end - 2, end);
}

TEST_F(Trap, CodeUpToTheEndOfRamRuns) {
  const std::uint64_t end = kRam + machine_.ram.size();
  machine_.put(end - 8, {kNop, kNop});
  machine_.hart.set_pc(end - 8);
  step(3);
  expect_exception(1, end, end);
  EXPECT_EQ(machine_.hart.instructions(), 2u);
}

TEST_F(Trap, StackOfStatusBits) {
  put({match_of(Operation::kEcall)});
  machine_.put(kHandler, {match_of(Operation::kMret)});
  machine_.hart.set_csr(kMstatus, kMieBit);
  step();
  EXPECT_EQ(csr(kMstatus), kMpieBit | kMppMachine);
  step();
  EXPECT_EQ(machine_.hart.pc(), kRam);
  EXPECT_EQ(csr(kMstatus), kMieBit | kMpieBit | kMppMachine);
  step(2);
  machine_.hart.set_csr(kMstatus, 0);
  machine_.hart.set_pc(kHandler);
  step();
  EXPECT_EQ(csr(kMstatus), kMpieBit | kMppMachine);
}

TEST_F(Trap, ExceptionsIgnoreVectoredMode) {
  machine_.hart.set_csr(kMtvec, kHandler | 1);
  put({match_of(Operation::kEcall)});
  step();
  EXPECT_EQ(machine_.hart.pc(), kHandler);
}

TEST_F(Trap, TrapsCostCyclesAndCountAsOneOfTheLimit) {
  TestMachine machine(1 << 20, {.reset_address = kRam, .trap_cycles = 9});
  machine.hart.set_csr(kMtvec, kRam);
  machine.put(kRam, {match_of(Operation::kEcall)});
  EXPECT_EQ(machine.hart.run({.instructions = 7}), ExitReason::kLimit);  // a handler that traps
  EXPECT_EQ(machine.hart.exceptions(), 7u);
  EXPECT_EQ(machine.hart.instructions(), 0u);
  EXPECT_EQ(machine.hart.cycles(), 63u);
}

TEST_F(Trap, InterruptsWaitForBothEnables) {
  put(std::vector<std::uint32_t>(64, kNop));
  machine_.hart.set_interrupt(Interrupt::kTimer, true);
  EXPECT_EQ(csr(kMip), 0x80u);
  EXPECT_FALSE(machine_.hart.interrupt_waits());
  step();
  EXPECT_EQ(machine_.hart.pc(), kRam + 4);
  machine_.hart.set_csr(kMie, 0x80);
  EXPECT_TRUE(machine_.hart.interrupt_waits());
  step();
  EXPECT_EQ(machine_.hart.pc(), kRam + 8);
  machine_.hart.set_csr(kMstatus, kMieBit);
  step();
  EXPECT_EQ(machine_.hart.pc(), kHandler);
  EXPECT_EQ(csr(kMcause), 1ull << 63 | 7);
  EXPECT_EQ(csr(kMepc), kRam + 8);
  EXPECT_EQ(csr(kMtval), 0u);
  EXPECT_EQ(machine_.hart.interrupts(), 1u);
  EXPECT_EQ(machine_.hart.instructions(), 2u);
}

TEST_F(Trap, PriorityIsExternalSoftwareTimer) {
  machine_.hart.set_csr(kMie, 0x888);
  machine_.hart.set_csr(kMtvec, kHandler | 1);
  for (const Interrupt interrupt : {Interrupt::kTimer, Interrupt::kSoftware, Interrupt::kExternal}) {
    machine_.hart.set_interrupt(interrupt, true);
    machine_.hart.set_csr(kMstatus, kMieBit);
    machine_.hart.set_pc(kRam);
    step();
    const auto code = static_cast<std::uint64_t>(interrupt);  // each beats the ones before
    EXPECT_EQ(csr(kMcause), 1ull << 63 | code);
    EXPECT_EQ(machine_.hart.pc(), kHandler + 4 * code);
  }
  machine_.hart.set_interrupt(Interrupt::kExternal, false);
  EXPECT_EQ(csr(kMip), 0x88u);
}

TEST_F(Trap, EnablingInterruptsTakesThePendingOneAtOnce) {
  machine_.hart.set_interrupt(Interrupt::kSoftware, true);
  machine_.hart.set_csr(kMie, 8);
  put({kNop, encode_csr(Operation::kCsrrsi, 0, kMstatus, 8), kNop, kNop});
  step(3);
  EXPECT_EQ(machine_.hart.pc(), kHandler);
  EXPECT_EQ(csr(kMepc), kRam + 8);
}

TEST_F(Trap, ADeviceThatRaisesAnInterruptIsHeardBeforeTheNextInstruction) {
  put({encode_s(Operation::kSw, 5, 6, 0), kNop, kNop, kNop});
  machine_.hart.set_reg(5, TestMachine::kDevice);
  machine_.hart.set_csr(kMie, 0x800);
  machine_.hart.set_csr(kMstatus, kMieBit);
  machine_.on_write = [&](std::uint64_t, std::uint64_t) {
    machine_.hart.set_interrupt(Interrupt::kExternal, true);
  };
  machine_.put(kHandler, {kNop});
  step(2);
  EXPECT_EQ(machine_.hart.pc(), kHandler);
  EXPECT_EQ(csr(kMepc), kRam + 4);
  EXPECT_EQ(csr(kMcause), 1ull << 63 | 11);
}

TEST_F(Trap, WfiReturnsToTheCaller) {
  put({match_of(Operation::kWfi), kNop, match_of(Operation::kWfi), kNop});
  machine_.hart.set_csr(kMie, 0x80);
  EXPECT_EQ(machine_.hart.run({.instructions = 10}), ExitReason::kWfi);
  EXPECT_EQ(machine_.hart.pc(), kRam + 4);
  EXPECT_EQ(machine_.hart.instructions(), 1u);
  machine_.hart.set_interrupt(Interrupt::kTimer, true);  // enabled in mie, not in mstatus: goes on
  EXPECT_EQ(machine_.hart.run({.instructions = 3}), ExitReason::kLimit);
  EXPECT_EQ(machine_.hart.pc(), kRam + 16);
}

TEST_F(Trap, WfiThenTheHandler) {
  put({match_of(Operation::kWfi), kNop});
  machine_.hart.set_csr(kMie, 0x80);
  machine_.hart.set_csr(kMstatus, kMieBit);
  EXPECT_EQ(machine_.hart.run({}), ExitReason::kWfi);
  machine_.hart.set_interrupt(Interrupt::kTimer, true);
  step();
  EXPECT_EQ(machine_.hart.pc(), kHandler);
  EXPECT_EQ(csr(kMepc), kRam + 4);
}

class Csr : public Trap {
 protected:
  /// x7 after a CSR instruction whose source register x5 holds `value`; 0xdead if it trapped.
  std::uint64_t access(Operation operation, std::uint32_t number, unsigned source, std::uint64_t value) {
    put({encode_csr(operation, 7, number, source)});
    machine_.hart.set_pc(kRam);
    machine_.hart.set_reg(5, value);
    machine_.hart.set_reg(7, 0xdead);
    step();
    return machine_.hart.reg(7);
  }
  std::uint64_t write_and_read(std::uint32_t number, std::uint64_t value) {
    access(Operation::kCsrrw, number, 5, value);
    return csr(number);
  }
};

TEST_F(Csr, ReadAndWriteForms) {
  constexpr std::uint32_t kMscratch = 0x340;
  EXPECT_EQ(access(Operation::kCsrrw, kMscratch, 5, 0xff00), 0u);
  EXPECT_EQ(access(Operation::kCsrrs, kMscratch, 5, 0x0ff0), 0xff00u);
  EXPECT_EQ(access(Operation::kCsrrc, kMscratch, 5, 0xf000), 0xfff0u);
  EXPECT_EQ(access(Operation::kCsrrwi, kMscratch, 21, 0), 0x0ff0u);
  EXPECT_EQ(access(Operation::kCsrrsi, kMscratch, 10, 0), 21u);
  EXPECT_EQ(access(Operation::kCsrrci, kMscratch, 3, 0), 31u);
  EXPECT_EQ(csr(kMscratch), 28u);
}

TEST_F(Csr, SourceAndDestinationMayBeOneRegister) {
  machine_.hart.set_csr(0x340, 111);
  put({encode_csr(Operation::kCsrrw, 5, 0x340, 5)});
  machine_.hart.set_reg(5, 222);
  step();
  EXPECT_EQ(machine_.hart.reg(5), 111u);
  EXPECT_EQ(csr(0x340), 222u);
}

TEST_F(Csr, WritableBits) {
  EXPECT_EQ(write_and_read(kMstatus, ~0ull), kMieBit | kMpieBit | kMppMachine);
  EXPECT_EQ(write_and_read(kMstatus, 0), kMppMachine);
  EXPECT_EQ(write_and_read(kMie, ~0ull), 0x888u);
  EXPECT_EQ(write_and_read(kMip, ~0ull), 0u);
  EXPECT_EQ(write_and_read(kMepc, ~0ull), ~1ull);
  EXPECT_EQ(write_and_read(kMtvec, 0x80001001), 0x80001001u);
  EXPECT_EQ(write_and_read(kMtvec, 0x80002002), 0x80001001u);  // a reserved mode
  EXPECT_EQ(write_and_read(kMcause, 0x8000000000000007), 0x8000000000000007u);
  EXPECT_EQ(write_and_read(0x301, 0), 0x8000000000001105u);  // misa: RV64IMAC
}

TEST_F(Csr, IdentityAndAbsentFeatures) {
  TestMachine machine(1 << 20, {.hart_id = 3});
  EXPECT_EQ(machine.hart.csr(0xf14), 3u);
  for (const std::uint32_t number : {0xf11u, 0xf12u, 0xf13u, 0xf15u, 0x320u, 0x323u, 0x33fu, 0x3a0u, 0x3b0u,
                                     0x3efu, 0xb03u, 0xb1fu, 0xc03u, 0xc1fu, 0x7a0u, 0x7a1u}) {
    EXPECT_EQ(access(Operation::kCsrrs, number, 0, 0), 0u) << std::hex << number;
  }
}

TEST_F(Csr, PmpEntriesHoldWhatIsWrittenButNoLock) {
  EXPECT_EQ(write_and_read(0x3b0, ~0ull), (1ull << 54) - 1);
  EXPECT_EQ(write_and_read(0x3bf, 5), 5u);
  EXPECT_EQ(write_and_read(0x3a0, ~0ull), 0x1f1f1f1f1f1f1f1fu);
  EXPECT_EQ(write_and_read(0x3a2, 0x18), 0x18u);
  EXPECT_EQ(write_and_read(0x3c0, ~0ull), 0u);  // the 17th
  EXPECT_EQ(write_and_read(0x3a4, ~0ull), 0u);
}

TEST_F(Csr, IllegalAccessesTrap) {
  // No supervisor or user mode: sstatus, satp, mideleg, mcounteren, menvcfg. Odd pmpcfg. Unknown.
  for (const std::uint32_t number :
       {0x100u, 0x180u, 0x303u, 0x306u, 0x30au, 0x3a1u, 0x5c0u, 0x7c0u, 0xb01u}) {
    EXPECT_EQ(access(Operation::kCsrrs, number, 0, 0), 0xdeadu) << std::hex << number;
    expect_exception(2, kRam, encode_csr(Operation::kCsrrs, 7, number, 0));
  }
  EXPECT_EQ(access(Operation::kCsrrs, 0xf14, 0, 0), 0u);       // reading is fine
  EXPECT_EQ(access(Operation::kCsrrs, 0xf14, 5, 0), 0xdeadu);  // any source but x0 writes
  EXPECT_EQ(access(Operation::kCsrrw, 0xc00, 0, 0), 0xdeadu);
  EXPECT_EQ(access(Operation::kCsrrci, 0xc02, 1, 0), 0xdeadu);
}

TEST_F(Csr, Counters) {
  TestMachine machine(1 << 20, {.reset_address = kRam, .cycles = {1, 1, 1, 1, 1, 1, 1, 1, 5}});
  constexpr std::uint32_t kMinstret = 0xb02;
  constexpr std::uint32_t kMcycle = 0xb00;
  machine.put(kRam, {
                        kNop, encode_csr(Operation::kCsrrs, 5, 0xc00, 0),  // cycle: 1
                        encode_csr(Operation::kCsrrs, 6, 0xc02, 0),        // instret: 2
                        encode_csr(Operation::kCsrrwi, 0, kMinstret, 20),
                        encode_csr(Operation::kCsrrs, 7, kMinstret, 0),  // 20
                        encode_csr(Operation::kCsrrs, 8, kMinstret, 0),  // 21
                        encode_csr(Operation::kCsrrwi, 0, kMcycle, 9),
                        encode_csr(Operation::kCsrrs, 9, kMcycle, 0),   // 9
                        encode_csr(Operation::kCsrrs, 10, kMcycle, 0),  // 14
                        encode_csr(Operation::kCsrrs, 11, 0xc01, 0),    // time: of the port
                    });
  machine.hart.run({.instructions = 10});
  EXPECT_EQ(machine.hart.reg(5), 1u);
  EXPECT_EQ(machine.hart.reg(6), 2u);
  EXPECT_EQ(machine.hart.reg(7), 20u);
  EXPECT_EQ(machine.hart.reg(8), 21u);
  EXPECT_EQ(machine.hart.reg(9), 9u);
  EXPECT_EQ(machine.hart.reg(10), 14u);
  EXPECT_EQ(machine.hart.reg(11), (1 + 8 * 5) / 10u);
  EXPECT_EQ(machine.hart.instructions(), 10u);
  EXPECT_EQ(machine.hart.cycles(), 46u);
}

}  // namespace
}  // namespace prism::rv64
