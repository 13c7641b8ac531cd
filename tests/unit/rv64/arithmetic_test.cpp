// SPDX-License-Identifier: Apache-2.0
// Each arithmetic instruction against a definition of its own, over corner values and random numbers.
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "models/common/random.h"
#include "models/cpu/rv64/encoding.h"
#include "tests/unit/rv64/test_machine.h"

namespace prism::rv64 {
namespace {

using U = std::uint64_t;
using S = std::int64_t;
__extension__ using Wide = __int128;
__extension__ using UnsignedWide = unsigned __int128;
using Reference = U (*)(U a, U b);

U word(U value) {
  return (value & 0x80000000) != 0 ? value | 0xffffffff00000000 : value & 0xffffffff;
}
S s(U value) {
  return static_cast<S>(value);
}
Wide w(U value) {
  return static_cast<Wide>(s(value));
}
std::int32_t low(U value) {
  return static_cast<std::int32_t>(value);
}
std::uint32_t ulow(U value) {
  return static_cast<std::uint32_t>(value);
}

// Divisions in 128 bits cannot overflow.
U quotient(Wide a, Wide b) {
  return b == 0 ? ~U{0} : static_cast<U>(a / b);
}
U rest(Wide a, Wide b) {
  return static_cast<U>(b == 0 ? a : a % b);
}

std::vector<U> operands() {
  std::vector<U> result = {0,
                           1,
                           2,
                           ~U{0},
                           ~U{1},
                           U{1} << 63,
                           (U{1} << 63) - 1,
                           0x7fffffff,
                           0x80000000,
                           0x80000001,
                           0xffffffff,
                           U{1} << 32,
                           31,
                           32,
                           63,
                           64,
                           0xffffffff80000000,
                           0xffffffff7fffffff,
                           0x123456789abcdef0};
  const CounterRandom random(7, 1);
  for (std::uint32_t i = 0; i < 20; ++i) {
    const auto words = random.words(i);
    result.push_back((U{words[0]} << 32 | words[1]) >> words[2] % 64);
  }
  return result;
}

struct Case {
  Operation operation;
  Reference reference;
};

/// x7 after `code` with a in x5 and b in x6.
U execute(TestMachine& machine, std::uint32_t code, U a, U b) {
  machine.put(TestMachine::kRam, {code});
  machine.hart.set_pc(TestMachine::kRam);
  machine.hart.set_reg(5, a);
  machine.hart.set_reg(6, b);
  machine.hart.set_reg(7, 0xdead);
  EXPECT_EQ(machine.hart.run({.instructions = 1}), ExitReason::kLimit);
  EXPECT_EQ(machine.hart.pc(), TestMachine::kRam + 4);
  EXPECT_EQ(machine.hart.exceptions(), 0u);
  return machine.hart.reg(7);
}

TEST(Arithmetic, RegisterOperations) {
  const Case cases[] = {
      {Operation::kAdd, [](U a, U b) { return a + b; }},
      {Operation::kSub, [](U a, U b) { return a - b; }},
      {Operation::kSll, [](U a, U b) { return static_cast<U>(static_cast<UnsignedWide>(a) << b % 64); }},
      {Operation::kSlt, [](U a, U b) { return U{w(a) < w(b)}; }},
      {Operation::kSltu, [](U a, U b) { return U{a < b}; }},
      {Operation::kXor, [](U a, U b) { return (a | b) & ~(a & b); }},
      {Operation::kSrl, [](U a, U b) { return static_cast<U>(static_cast<UnsignedWide>(a) >> b % 64); }},
      {Operation::kSra, [](U a, U b) { return static_cast<U>(w(a) >> b % 64); }},
      {Operation::kOr, [](U a, U b) { return ~(~a & ~b); }},
      {Operation::kAnd, [](U a, U b) { return ~(~a | ~b); }},
      {Operation::kAddw, [](U a, U b) { return word(a + b); }},
      {Operation::kSubw, [](U a, U b) { return word(a - b); }},
      {Operation::kSllw, [](U a, U b) { return word(a << b % 32); }},
      {Operation::kSrlw, [](U a, U b) { return word(U{ulow(a)} >> b % 32); }},
      {Operation::kSraw, [](U a, U b) { return word(static_cast<U>(S{low(a)} >> b % 32)); }},
      {Operation::kMul, [](U a, U b) { return static_cast<U>(w(a) * w(b)); }},
      {Operation::kMulh, [](U a, U b) { return static_cast<U>(w(a) * w(b) >> 64); }},
      {Operation::kMulhsu,
       [](U a, U b) {  // schoolbook: the low and the high half of a times b
         const Wide low_part = static_cast<Wide>(static_cast<UnsignedWide>(ulow(a)) * b >> 32);
         return static_cast<U>((low_part + (s(a) >> 32) * static_cast<Wide>(b)) >> 32);
       }},
      {Operation::kMulhu, [](U a, U b) { return static_cast<U>(static_cast<UnsignedWide>(a) * b >> 64); }},
      {Operation::kMulw, [](U a, U b) { return word(U{ulow(a)} * ulow(b)); }},
      {Operation::kDiv, [](U a, U b) { return quotient(w(a), w(b)); }},
      {Operation::kDivu, [](U a, U b) { return quotient(Wide{a}, Wide{b}); }},
      {Operation::kRem, [](U a, U b) { return rest(w(a), w(b)); }},
      {Operation::kRemu, [](U a, U b) { return rest(Wide{a}, Wide{b}); }},
      {Operation::kDivw, [](U a, U b) { return word(quotient(low(a), low(b))); }},
      {Operation::kDivuw, [](U a, U b) { return word(quotient(ulow(a), ulow(b))); }},
      {Operation::kRemw, [](U a, U b) { return word(rest(low(a), low(b))); }},
      {Operation::kRemuw, [](U a, U b) { return word(rest(ulow(a), ulow(b))); }},
  };
  TestMachine machine;
  for (const Case& test : cases) {
    for (const U a : operands()) {
      for (const U b : operands()) {
        ASSERT_EQ(execute(machine, encode_r(test.operation, 7, 5, 6), a, b), test.reference(a, b))
            << "operation " << static_cast<int>(test.operation) << std::hex << " a " << a << " b " << b;
      }
    }
  }
}

TEST(Arithmetic, ImmediateOperations) {
  const Case cases[] = {
      {Operation::kAddi, [](U a, U b) { return a + b; }},
      {Operation::kSlti, [](U a, U b) { return U{w(a) < w(b)}; }},
      {Operation::kSltiu, [](U a, U b) { return U{a < b}; }},
      {Operation::kXori, [](U a, U b) { return (a | b) & ~(a & b); }},
      {Operation::kOri, [](U a, U b) { return ~(~a & ~b); }},
      {Operation::kAndi, [](U a, U b) { return ~(~a | ~b); }},
      {Operation::kAddiw, [](U a, U b) { return word(a + b); }},
  };
  TestMachine machine;
  for (const Case& test : cases) {
    for (const U a : operands()) {
      for (const int b : {-2048, -1, 0, 1, 5, 1365, 2047}) {
        ASSERT_EQ(execute(machine, encode_i(test.operation, 7, 5, b), a, 0),
                  test.reference(a, static_cast<U>(S{b})))
            << "operation " << static_cast<int>(test.operation) << std::hex << " a " << a << " b " << b;
      }
    }
  }
}

TEST(Arithmetic, ShiftsByAnImmediate) {
  const Case cases[] = {
      {Operation::kSlli, [](U a, U b) { return static_cast<U>(static_cast<UnsignedWide>(a) << b); }},
      {Operation::kSrli, [](U a, U b) { return static_cast<U>(static_cast<UnsignedWide>(a) >> b); }},
      {Operation::kSrai, [](U a, U b) { return static_cast<U>(w(a) >> b); }},
      {Operation::kSlliw, [](U a, U b) { return word(a << b); }},
      {Operation::kSrliw, [](U a, U b) { return word(U{ulow(a)} >> b); }},
      {Operation::kSraiw, [](U a, U b) { return word(static_cast<U>(S{low(a)} >> b)); }},
  };
  TestMachine machine;
  for (const Case& test : cases) {
    const unsigned width = test.operation >= Operation::kSlliw ? 32 : 64;
    for (const U a : operands()) {
      for (unsigned amount = 0; amount < width; ++amount) {
        ASSERT_EQ(execute(machine, encode_shift(test.operation, 7, 5, amount), a, 0),
                  test.reference(a, amount))
            << "operation " << static_cast<int>(test.operation) << std::hex << " a " << a << " by " << amount;
      }
    }
  }
}

TEST(Arithmetic, UpperImmediates) {
  TestMachine machine;
  EXPECT_EQ(execute(machine, encode_u(Operation::kLui, 7, 0x12345000), 0, 0), 0x12345000u);
  EXPECT_EQ(execute(machine, encode_u(Operation::kLui, 7, 0x80000000), 0, 0), 0xffffffff80000000u);
  EXPECT_EQ(execute(machine, encode_u(Operation::kAuipc, 7, 0x1000), 0, 0), TestMachine::kRam + 0x1000);
  EXPECT_EQ(execute(machine, encode_u(Operation::kAuipc, 7, 0x80000000), 0, 0), 0u);
}

TEST(Arithmetic, NothingIsWrittenToX0) {
  TestMachine machine;
  machine.put(TestMachine::kRam, {encode_i(Operation::kAddi, 0, 0, 5), encode_r(Operation::kMul, 0, 5, 5),
                                  encode_i(Operation::kLd, 0, 6, 0), encode_r(Operation::kAdd, 7, 0, 0)});
  machine.hart.set_reg(5, 3);
  machine.hart.set_reg(6, TestMachine::kRam);
  machine.hart.set_reg(7, 1);
  machine.hart.run({.instructions = 4});
  EXPECT_EQ(machine.hart.reg(0), 0u);
  EXPECT_EQ(machine.hart.reg(7), 0u);
  EXPECT_EQ(machine.hart.instructions(), 4u);
}

struct BranchCase {
  Operation operation;
  bool (*reference)(U a, U b);
};

TEST(Arithmetic, Branches) {
  const BranchCase cases[] = {
      {Operation::kBeq, [](U a, U b) { return (a ^ b) == 0; }},
      {Operation::kBne, [](U a, U b) { return (a ^ b) != 0; }},
      {Operation::kBlt, [](U a, U b) { return w(a) - w(b) < 0; }},
      {Operation::kBge, [](U a, U b) { return w(a) - w(b) >= 0; }},
      {Operation::kBltu, [](U a, U b) { return Wide{a} - Wide{b} < 0; }},
      {Operation::kBgeu, [](U a, U b) { return Wide{a} - Wide{b} >= 0; }},
  };
  TestMachine machine;
  for (const BranchCase& test : cases) {
    machine.put(TestMachine::kRam + 0x1000, {encode_b(test.operation, 5, 6, -64)});
    for (const U a : operands()) {
      for (const U b : operands()) {
        machine.hart.set_pc(TestMachine::kRam + 0x1000);
        machine.hart.set_reg(5, a);
        machine.hart.set_reg(6, b);
        machine.hart.run({.instructions = 1});
        const U expected = TestMachine::kRam + (test.reference(a, b) ? 0x1000 - 64 : 0x1004);
        ASSERT_EQ(machine.hart.pc(), expected)
            << "operation " << static_cast<int>(test.operation) << std::hex << " a " << a << " b " << b;
      }
    }
  }
}

TEST(Arithmetic, JumpsLink) {
  TestMachine machine;
  machine.put(TestMachine::kRam, {encode_j(Operation::kJal, 1, 0x800)});
  machine.hart.run({.instructions = 1});
  EXPECT_EQ(machine.hart.pc(), TestMachine::kRam + 0x800);
  EXPECT_EQ(machine.hart.reg(1), TestMachine::kRam + 4);

  machine.put(TestMachine::kRam + 0x800, {encode_i(Operation::kJalr, 5, 5, 7)});  // one register, odd target
  machine.hart.set_reg(5, TestMachine::kRam + 0x100);
  machine.hart.run({.instructions = 1});
  EXPECT_EQ(machine.hart.pc(), TestMachine::kRam + 0x106);
  EXPECT_EQ(machine.hart.reg(5), TestMachine::kRam + 0x804);

  machine.put(TestMachine::kRam + 0x106, {0x9282});  // c.jalr x5
  machine.hart.set_reg(5, TestMachine::kRam);
  machine.hart.run({.instructions = 1});
  EXPECT_EQ(machine.hart.pc(), TestMachine::kRam);
  EXPECT_EQ(machine.hart.reg(1), TestMachine::kRam + 0x108);
}

}  // namespace
}  // namespace prism::rv64
