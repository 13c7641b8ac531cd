// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdint>

#include "models/cpu/rv64/encoding.h"
#include "tests/unit/rv64/test_machine.h"

namespace prism::rv64 {
namespace {

constexpr std::uint64_t kRam = TestMachine::kRam;
constexpr std::uint64_t kData = kRam + 0x2000;
constexpr std::uint64_t kHandler = kRam + 0x800;
constexpr std::uint64_t kPattern = 0x8081'8283'f4f5'f6f7;

struct LoadCase {
  Operation operation;
  unsigned bytes;
  std::uint64_t expected;  // of kPattern
};

constexpr LoadCase kLoads[] = {
    {Operation::kLb, 1, 0xfffffffffffffff7},
    {Operation::kLh, 2, 0xfffffffffffff6f7},
    {Operation::kLw, 4, 0xfffffffff4f5f6f7},
    {Operation::kLd, 8, kPattern},
    {Operation::kLbu, 1, 0xf7},
    {Operation::kLhu, 2, 0xf6f7},
    {Operation::kLwu, 4, 0xf4f5f6f7},
};

struct StoreCase {
  Operation operation;
  unsigned bytes;
  std::uint64_t expected;  // kPattern stored over ones
};

constexpr StoreCase kStores[] = {
    {Operation::kSb, 1, 0xfffffffffffffff7},
    {Operation::kSh, 2, 0xfffffffffffff6f7},
    {Operation::kSw, 4, 0xfffffffff4f5f6f7},
    {Operation::kSd, 8, kPattern},
};

class Memory : public testing::Test {
 protected:
  /// Executes one instruction with x5 = `address`, x6 = `value`, x7 = 0xdead.
  void execute(std::uint32_t word, std::uint64_t address, std::uint64_t value = 0) {
    machine_.put(kRam, {word});
    machine_.hart.set_csr(0x305, kHandler);
    machine_.hart.set_pc(kRam);
    machine_.hart.set_reg(5, address);
    machine_.hart.set_reg(6, value);
    machine_.hart.set_reg(7, 0xdead);
    machine_.hart.run({.instructions = 1});
  }

  void expect_trap(std::uint64_t cause, std::uint64_t value) {
    EXPECT_EQ(machine_.hart.pc(), kHandler);
    EXPECT_EQ(machine_.hart.csr(0x341), kRam);
    EXPECT_EQ(machine_.hart.csr(0x342), cause);
    EXPECT_EQ(machine_.hart.csr(0x343), value);
    EXPECT_EQ(machine_.hart.reg(7), 0xdeadu);
  }

  TestMachine machine_;
};

TEST_F(Memory, LoadsExtend) {
  for (const LoadCase& test : kLoads) {
    std::memcpy(&machine_.ram[kData - kRam + 64], &kPattern, 8);
    for (int repetition = 0; repetition < 2; ++repetition) {  // the second takes the short way
      execute(encode_i(test.operation, 7, 5, -64), kData + 128);
      EXPECT_EQ(machine_.hart.reg(7), test.expected);
    }
  }
}

TEST_F(Memory, StoresKeepNeighbours) {
  for (const StoreCase& test : kStores) {
    for (int repetition = 0; repetition < 2; ++repetition) {
      std::memset(&machine_.ram[kData - kRam], 0xff, 24);
      execute(encode_s(test.operation, 5, 6, 8), kData, kPattern);
      EXPECT_EQ(machine_.get<std::uint64_t>(kData), ~0ull);
      EXPECT_EQ(machine_.get<std::uint64_t>(kData + 8), test.expected);
      EXPECT_EQ(machine_.get<std::uint64_t>(kData + 16), ~0ull);
    }
  }
}

TEST_F(Memory, MisalignedAccessesOfMemoryWork) {
  for (const std::uint64_t address : {kData + 1, kData + 0xffb, kData + 0xfff}) {  // within and across pages
    for (int repetition = 0; repetition < 2; ++repetition) {
      for (const StoreCase& test : kStores) {
        execute(encode_s(Operation::kSd, 5, 0, 0), address);
        execute(encode_s(test.operation, 5, 6, 0), address, 0x8182838485868788);
        const std::uint64_t stored = 0x8182838485868788 & (~std::uint64_t{0} >> (64 - 8 * test.bytes));
        EXPECT_EQ(machine_.get<std::uint64_t>(address), stored);
        execute(encode_i(Operation::kLd, 7, 5, 0), address);
        EXPECT_EQ(machine_.hart.reg(7), stored);
      }
      execute(encode_s(Operation::kSd, 5, 6, 0), address, 0xff80'8081'8283'8485);
      execute(encode_i(Operation::kLw, 7, 5, 0), address);
      EXPECT_EQ(machine_.hart.reg(7), 0xffff'ffff'8283'8485);
      execute(encode_i(Operation::kLhu, 7, 5, 0), address);
      EXPECT_EQ(machine_.hart.reg(7), 0x8485u);
      execute(encode_i(Operation::kLd, 7, 5, 0), kData);  // now the pages are known
      execute(encode_i(Operation::kLd, 7, 5, 0), kData + 0x1000);
    }
  }
}

TEST_F(Memory, MisalignedAccessesOfDevicesTrap) {
  for (const LoadCase& test : kLoads) {
    if (test.bytes == 1) continue;
    execute(encode_i(test.operation, 7, 5, 1), TestMachine::kDevice);
    expect_trap(4, TestMachine::kDevice + 1);
  }
  for (const StoreCase& test : kStores) {
    if (test.bytes == 1) continue;
    execute(encode_s(test.operation, 5, 6, static_cast<int>(test.bytes / 2)), TestMachine::kDevice, 1);
    expect_trap(6, TestMachine::kDevice + test.bytes / 2);
  }
  EXPECT_TRUE(machine_.accesses.empty());
}

TEST_F(Memory, BusErrorsTrapAndKeepTheDestination) {
  constexpr std::uint64_t kNowhere = 0x5000'0000;
  for (const LoadCase& test : kLoads) {
    execute(encode_i(test.operation, 7, 5, 8), kNowhere);
    expect_trap(5, kNowhere + 8);
  }
  for (const StoreCase& test : kStores) {
    execute(encode_s(test.operation, 5, 6, 8), kNowhere);
    expect_trap(7, kNowhere + 8);
  }
  machine_.device_fails = true;
  execute(encode_i(Operation::kLw, 7, 5, 0), TestMachine::kDevice);
  expect_trap(5, TestMachine::kDevice);
  execute(encode_s(Operation::kSw, 5, 6, 0), TestMachine::kDevice);
  expect_trap(7, TestMachine::kDevice);
  EXPECT_EQ(machine_.accesses.size(), 2u);  // once each
  EXPECT_EQ(machine_.hart.instructions(), 0u);
}

TEST_F(Memory, EndOfRam) {
  const std::uint64_t end = kRam + machine_.ram.size();
  execute(encode_s(Operation::kSd, 5, 6, -8), end, 42);
  EXPECT_EQ(machine_.get<std::uint64_t>(end - 8), 42u);
  execute(encode_s(Operation::kSb, 5, 6, 0), end, 42);
  expect_trap(7, end);
}

TEST_F(Memory, AddressesWrapAround) {
  execute(encode_i(Operation::kLbu, 7, 5, -1), 0);
  expect_trap(5, ~0ull);
  execute(encode_i(Operation::kLd, 7, 5, -8), 0);
  expect_trap(5, ~7ull);
}

TEST_F(Memory, DeviceAccessesKeepWidthAndHappenOnce) {
  machine_.on_read = [](std::uint64_t) { return kPattern; };
  for (const LoadCase& test : kLoads) {
    machine_.accesses.clear();
    execute(encode_i(test.operation, 7, 5, 16), TestMachine::kDevice);
    ASSERT_EQ(machine_.accesses.size(), 1u);
    EXPECT_EQ(machine_.accesses[0].address, TestMachine::kDevice + 16);
    EXPECT_EQ(machine_.accesses[0].bytes, test.bytes);
    EXPECT_FALSE(machine_.accesses[0].is_write);
    EXPECT_EQ(machine_.hart.reg(7), test.expected);
  }
  for (const StoreCase& test : kStores) {
    machine_.accesses.clear();
    execute(encode_s(test.operation, 5, 6, 16), TestMachine::kDevice, kPattern);
    ASSERT_EQ(machine_.accesses.size(), 1u);
    EXPECT_EQ(machine_.accesses[0].bytes, test.bytes);
    EXPECT_TRUE(machine_.accesses[0].is_write);
    EXPECT_EQ(machine_.accesses[0].value,
              test.bytes == 8 ? kPattern : kPattern & ((1ull << 8 * test.bytes) - 1));
  }
}

TEST_F(Memory, DeviceAccessesSeeTheExactLocalTime) {
  TestMachine machine(1 << 20, {.reset_address = kRam, .cycles = {1, 3, 10, 2, 4, 5, 6, 7, 8}});
  machine.put(kRam, {
                        encode_u(Operation::kLui, 5, 0x20000000),  // 1
                        encode_r(Operation::kMul, 6, 5, 5),        // 3
                        encode_i(Operation::kLw, 7, 5, 0),         // at 4; 2, and 100 of the device
                        encode_r(Operation::kDiv, 6, 5, 5),        // 10
                        encode_s(Operation::kSw, 5, 6, 4),         // at 116; 4
                        encode_j(Operation::kJal, 0, 0x100),       // 7
                    });
  std::uint64_t instructions = 0;
  std::uint64_t pc = 0;
  machine.on_read = [&](std::uint64_t) {
    instructions = machine.hart.instructions();
    pc = machine.hart.pc();
    machine.hart.add_cycles(100);
    return 0;
  };
  machine.hart.run({.instructions = 6});
  ASSERT_EQ(machine.accesses.size(), 2u);
  EXPECT_EQ(machine.accesses[0].cycle, 104u);  // noted behind on_read
  EXPECT_EQ(machine.accesses[1].cycle, 116u);
  EXPECT_EQ(instructions, 2u);
  EXPECT_EQ(pc, kRam + 8);
  EXPECT_EQ(machine.hart.cycles(), 127u);
  EXPECT_EQ(machine.hart.instructions(), 6u);
}

TEST_F(Memory, WithoutDirectMemoryAccessesGoToThePort) {
  machine_.put(kRam, {encode_i(Operation::kLd, 7, 5, 0), encode_i(Operation::kLd, 8, 5, 0)});
  machine_.hart.set_reg(5, kData);
  machine_.hart.run({.instructions = 1});
  EXPECT_EQ(machine_.hart.exceptions(), 0u);
  machine_.grants = false;
  machine_.hart.drop_direct_memory();
  machine_.hart.set_csr(0x305, kHandler);
  machine_.hart.run({.instructions = 1});
  EXPECT_EQ(machine_.hart.csr(0x342), 1u);  // the port has no code at kRam
}

/// A port with a page of ROM.
class RomPort : public MemoryPort {
 public:
  bool read(std::uint64_t, unsigned, std::uint64_t&) override { return false; }
  bool write(std::uint64_t, unsigned, std::uint64_t) override { return false; }
  bool fetch(std::uint64_t, std::uint16_t&) override { return false; }
  std::optional<DirectMemory> direct(std::uint64_t address) override {
    if (address >= sizeof rom_) return std::nullopt;
    return DirectMemory{0, sizeof rom_, reinterpret_cast<std::byte*>(rom_), false};
  }
  std::uint64_t time() override { return 0; }

  std::uint32_t rom_[1024] = {};
};

TEST(MemoryRom, StoresFault) {
  RomPort port;
  port.rom_[0] = encode_i(Operation::kLw, 7, 0, 0);
  port.rom_[1] = encode_s(Operation::kSw, 0, 7, 4);
  port.rom_[2] = encode_r(Operation::kAmoaddW, 8, 0, 7);
  Hart hart({.reset_address = 0}, port);
  hart.set_csr(0x305, 8);
  hart.run({.instructions = 2});
  EXPECT_EQ(hart.reg(7), port.rom_[0]);
  EXPECT_EQ(hart.csr(0x342), 7u);
  EXPECT_EQ(hart.csr(0x343), 4u);
  hart.set_reg(8, 1);
  hart.run({.instructions = 1});
  EXPECT_EQ(hart.csr(0x342), 7u);
  EXPECT_EQ(hart.csr(0x341), 8u);
  EXPECT_EQ(hart.reg(8), 1u);
}

}  // namespace
}  // namespace prism::rv64
