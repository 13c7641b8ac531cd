// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

#include "models/cpu/rv64/encoding.h"
#include "tests/unit/rv64/test_machine.h"

namespace prism::rv64 {
namespace {

constexpr std::uint64_t kRam = TestMachine::kRam;
constexpr std::uint64_t kData = kRam + 0x2000;

class Atomic : public testing::Test {
 protected:
  /// One instruction with x5 = address and x6 = value; the result is x7.
  std::uint64_t execute(Operation operation, std::uint64_t value, std::uint64_t address = kData) {
    machine_.put(kRam, {encode_r(operation, 7, 5,
                                 operation == Operation::kLrW || operation == Operation::kLrD ? 0 : 6)});
    machine_.hart.set_csr(0x305, kRam + 0x800);
    machine_.hart.set_pc(kRam);
    machine_.hart.set_reg(5, address);
    machine_.hart.set_reg(6, value);
    machine_.hart.run({.instructions = 1});
    return machine_.hart.reg(7);
  }
  void set(std::uint64_t value) { std::memcpy(&machine_.ram[kData - kRam], &value, 8); }
  std::uint64_t get() const { return machine_.get<std::uint64_t>(kData); }

  TestMachine machine_;
};

struct AmoCase {
  Operation word;
  Operation double_word;
  std::int64_t (*reference)(std::int64_t memory, std::int64_t operand, bool is_word);
};

constexpr AmoCase kAmos[] = {
    {Operation::kAmoswapW, Operation::kAmoswapD, [](std::int64_t, std::int64_t b, bool) { return b; }},
    {Operation::kAmoaddW, Operation::kAmoaddD,
     [](std::int64_t a, std::int64_t b, bool) {
       return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
     }},
    {Operation::kAmoxorW, Operation::kAmoxorD, [](std::int64_t a, std::int64_t b, bool) { return a ^ b; }},
    {Operation::kAmoandW, Operation::kAmoandD, [](std::int64_t a, std::int64_t b, bool) { return a & b; }},
    {Operation::kAmoorW, Operation::kAmoorD, [](std::int64_t a, std::int64_t b, bool) { return a | b; }},
    {Operation::kAmominW, Operation::kAmominD,
     [](std::int64_t a, std::int64_t b, bool) { return std::min(a, b); }},
    {Operation::kAmomaxW, Operation::kAmomaxD,
     [](std::int64_t a, std::int64_t b, bool) { return std::max(a, b); }},
    {Operation::kAmominuW, Operation::kAmominuD,
     [](std::int64_t a, std::int64_t b, bool is_word) {
       const std::uint64_t mask = is_word ? 0xffffffff : ~0ull;
       return (static_cast<std::uint64_t>(a) & mask) < (static_cast<std::uint64_t>(b) & mask) ? a : b;
     }},
    {Operation::kAmomaxuW, Operation::kAmomaxuD,
     [](std::int64_t a, std::int64_t b, bool is_word) {
       const std::uint64_t mask = is_word ? 0xffffffff : ~0ull;
       return (static_cast<std::uint64_t>(a) & mask) < (static_cast<std::uint64_t>(b) & mask) ? b : a;
     }},
};

constexpr std::int64_t kOperands[] = {0,          1,           -1,          INT64_MIN,          INT64_MAX,
                                      0x7fffffff, 0x80000000l, 0xffffffffl, 0x123456789abcdefl, -0x7fffffffl};

TEST_F(Atomic, DoubleWords) {
  for (const AmoCase& test : kAmos) {
    for (const std::int64_t a : kOperands) {
      for (const std::int64_t b : kOperands) {
        set(static_cast<std::uint64_t>(a));
        ASSERT_EQ(execute(test.double_word, static_cast<std::uint64_t>(b)), static_cast<std::uint64_t>(a));
        ASSERT_EQ(get(), static_cast<std::uint64_t>(test.reference(a, b, false)))
            << static_cast<int>(test.double_word) << " " << a << " " << b;
      }
    }
  }
}

TEST_F(Atomic, WordsSignExtendAndLeaveTheOtherHalf) {
  for (const AmoCase& test : kAmos) {
    for (const std::int64_t a : kOperands) {
      for (const std::int64_t b : kOperands) {
        set(static_cast<std::uint64_t>(a));
        const std::int64_t word_a = static_cast<std::int32_t>(a);
        const std::int64_t word_b = static_cast<std::int32_t>(b);
        ASSERT_EQ(execute(test.word, static_cast<std::uint64_t>(b)), static_cast<std::uint64_t>(word_a));
        const auto expected = static_cast<std::uint32_t>(test.reference(word_a, word_b, true));
        ASSERT_EQ(get(), (static_cast<std::uint64_t>(a) >> 32 << 32 | expected))
            << static_cast<int>(test.word) << " " << a << " " << b;
      }
    }
  }
}

TEST_F(Atomic, StoreConditionalNeedsAReservation) {
  set(5);
  EXPECT_EQ(execute(Operation::kScD, 9), 1u);
  EXPECT_EQ(get(), 5u);
  EXPECT_EQ(execute(Operation::kLrD, 0), 5u);
  EXPECT_EQ(execute(Operation::kScD, 9), 0u);
  EXPECT_EQ(get(), 9u);
  EXPECT_EQ(execute(Operation::kScD, 10), 1u);  // the reservation is gone
  EXPECT_EQ(get(), 9u);
}

TEST_F(Atomic, LoadReservedWordSignExtends) {
  set(0xffffffff80000000);
  EXPECT_EQ(execute(Operation::kLrW, 0), 0xffffffff80000000u);
  EXPECT_EQ(execute(Operation::kScW, 7), 0u);
  EXPECT_EQ(get(), 0xffffffff00000007u);
}

TEST_F(Atomic, AnotherAddressOrWidthFails) {
  execute(Operation::kLrD, 0);
  EXPECT_EQ(execute(Operation::kScD, 9, kData + 8), 1u);
  EXPECT_EQ(execute(Operation::kScD, 9), 1u);  // and the reservation is gone
  execute(Operation::kLrD, 0);
  EXPECT_EQ(execute(Operation::kScW, 9), 1u);
}

TEST_F(Atomic, WritesOfOthersBreakTheReservation) {
  execute(Operation::kLrD, 0);
  machine_.hart.break_reservation(kData + 7, 1);
  EXPECT_EQ(execute(Operation::kScD, 9), 1u);
  execute(Operation::kLrD, 0);
  machine_.hart.break_reservation(kData + 8, 8);  // a neighbour
  machine_.hart.break_reservation(kData - 8, 8);
  EXPECT_EQ(execute(Operation::kScD, 9), 0u);
  execute(Operation::kLrD, 0);
  set(77);  // another hart's plain store
  EXPECT_EQ(execute(Operation::kScD, 9), 1u);
  EXPECT_EQ(get(), 77u);
}

TEST_F(Atomic, FaultsAreTheStores) {
  machine_.hart.set_reg(7, 0xdead);
  constexpr std::uint64_t kNowhere = 0x5000'0000;
  EXPECT_EQ(execute(Operation::kAmoaddD, 1, kData + 4), 0xdeadu);
  EXPECT_EQ(machine_.hart.csr(0x342), 6u);
  EXPECT_EQ(machine_.hart.csr(0x343), kData + 4);
  execute(Operation::kAmoaddW, 1, kNowhere);
  EXPECT_EQ(machine_.hart.csr(0x342), 7u);
  EXPECT_EQ(machine_.hart.csr(0x343), kNowhere);
  execute(Operation::kScW, 1, kData + 2);
  EXPECT_EQ(machine_.hart.csr(0x342), 6u);
  execute(Operation::kLrW, 1, kData + 2);
  EXPECT_EQ(machine_.hart.csr(0x342), 4u);
  execute(Operation::kLrD, 1, kNowhere);
  EXPECT_EQ(machine_.hart.csr(0x342), 5u);
  EXPECT_EQ(machine_.hart.reg(7), 0xdeadu);
  EXPECT_EQ(get(), 0u);
}

TEST_F(Atomic, OnADeviceReadsThenWrites) {
  machine_.on_read = [](std::uint64_t) { return 40; };
  EXPECT_EQ(execute(Operation::kAmoaddW, 2, TestMachine::kDevice + 8), 40u);
  ASSERT_EQ(machine_.accesses.size(), 2u);
  EXPECT_FALSE(machine_.accesses[0].is_write);
  EXPECT_TRUE(machine_.accesses[1].is_write);
  EXPECT_EQ(machine_.accesses[1].value, 42u);
  EXPECT_EQ(machine_.accesses[1].bytes, 4u);
}

}  // namespace
}  // namespace prism::rv64
