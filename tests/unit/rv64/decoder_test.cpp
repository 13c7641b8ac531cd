// SPDX-License-Identifier: Apache-2.0
// Instruction words as the GNU assembler makes them.
#include <gtest/gtest.h>

#include <cstdint>

#include "models/cpu/rv64/encoding.h"
#include "models/cpu/rv64/instruction.h"

namespace prism::rv64 {
namespace {

constexpr int kAny = -1;                  // a register field that the instruction has not got
constexpr std::int64_t kRaw = INT64_MAX;  // the immediate is the word

struct Row {
  const char* text;
  std::uint32_t word;
  Operation operation;
  int rd;
  int rs1;
  int rs2;
  std::int64_t immediate;
};

constexpr Row kRows[] = {
    {"lui a0,0x12345", 0x12345537, Operation::kLui, 10, kAny, kAny, 0x12345000},
    {"lui t6,0xfffff", 0xffffffb7, Operation::kLui, 31, kAny, kAny, -4096},
    {"auipc ra,0x80000", 0x80000097, Operation::kAuipc, 1, kAny, kAny, INT32_MIN},
    {"add t6,s3,a1", 0x00b98fb3, Operation::kAdd, 31, 19, 11, 0},
    {"sub t6,s3,a1", 0x40b98fb3, Operation::kSub, 31, 19, 11, 0},
    {"sll t6,s3,a1", 0x00b99fb3, Operation::kSll, 31, 19, 11, 0},
    {"slt t6,s3,a1", 0x00b9afb3, Operation::kSlt, 31, 19, 11, 0},
    {"sltu t6,s3,a1", 0x00b9bfb3, Operation::kSltu, 31, 19, 11, 0},
    {"xor t6,s3,a1", 0x00b9cfb3, Operation::kXor, 31, 19, 11, 0},
    {"srl t6,s3,a1", 0x00b9dfb3, Operation::kSrl, 31, 19, 11, 0},
    {"sra t6,s3,a1", 0x40b9dfb3, Operation::kSra, 31, 19, 11, 0},
    {"or t6,s3,a1", 0x00b9efb3, Operation::kOr, 31, 19, 11, 0},
    {"and t6,s3,a1", 0x00b9ffb3, Operation::kAnd, 31, 19, 11, 0},
    {"addw t6,s3,a1", 0x00b98fbb, Operation::kAddw, 31, 19, 11, 0},
    {"subw t6,s3,a1", 0x40b98fbb, Operation::kSubw, 31, 19, 11, 0},
    {"sllw t6,s3,a1", 0x00b99fbb, Operation::kSllw, 31, 19, 11, 0},
    {"srlw t6,s3,a1", 0x00b9dfbb, Operation::kSrlw, 31, 19, 11, 0},
    {"sraw t6,s3,a1", 0x40b9dfbb, Operation::kSraw, 31, 19, 11, 0},
    {"mul t6,s3,a1", 0x02b98fb3, Operation::kMul, 31, 19, 11, 0},
    {"mulh t6,s3,a1", 0x02b99fb3, Operation::kMulh, 31, 19, 11, 0},
    {"mulhsu t6,s3,a1", 0x02b9afb3, Operation::kMulhsu, 31, 19, 11, 0},
    {"mulhu t6,s3,a1", 0x02b9bfb3, Operation::kMulhu, 31, 19, 11, 0},
    {"mulw t6,s3,a1", 0x02b98fbb, Operation::kMulw, 31, 19, 11, 0},
    {"div t6,s3,a1", 0x02b9cfb3, Operation::kDiv, 31, 19, 11, 0},
    {"divu t6,s3,a1", 0x02b9dfb3, Operation::kDivu, 31, 19, 11, 0},
    {"rem t6,s3,a1", 0x02b9efb3, Operation::kRem, 31, 19, 11, 0},
    {"remu t6,s3,a1", 0x02b9ffb3, Operation::kRemu, 31, 19, 11, 0},
    {"divw t6,s3,a1", 0x02b9cfbb, Operation::kDivw, 31, 19, 11, 0},
    {"divuw t6,s3,a1", 0x02b9dfbb, Operation::kDivuw, 31, 19, 11, 0},
    {"remw t6,s3,a1", 0x02b9efbb, Operation::kRemw, 31, 19, 11, 0},
    {"remuw t6,s3,a1", 0x02b9ffbb, Operation::kRemuw, 31, 19, 11, 0},
    {"addi a0,t6,-2048", 0x800f8513, Operation::kAddi, 10, 31, kAny, -2048},
    {"slti a0,t6,2047", 0x7fffa513, Operation::kSlti, 10, 31, kAny, 2047},
    {"sltiu a0,t6,-1", 0xffffb513, Operation::kSltiu, 10, 31, kAny, -1},
    {"xori a0,t6,1", 0x001fc513, Operation::kXori, 10, 31, kAny, 1},
    {"ori a0,t6,1365", 0x555fe513, Operation::kOri, 10, 31, kAny, 1365},
    {"andi a0,t6,-1366", 0xaaaff513, Operation::kAndi, 10, 31, kAny, -1366},
    {"addiw a0,t6,7", 0x007f851b, Operation::kAddiw, 10, 31, kAny, 7},
    {"slli a0,t6,63", 0x03ff9513, Operation::kSlli, 10, 31, kAny, 63},
    {"srli a0,t6,32", 0x020fd513, Operation::kSrli, 10, 31, kAny, 32},
    {"srai a0,t6,31", 0x41ffd513, Operation::kSrai, 10, 31, kAny, 31},
    {"slliw a0,t6,31", 0x01ff951b, Operation::kSlliw, 10, 31, kAny, 31},
    {"srliw a0,t6,16", 0x010fd51b, Operation::kSrliw, 10, 31, kAny, 16},
    {"sraiw a0,t6,1", 0x401fd51b, Operation::kSraiw, 10, 31, kAny, 1},
    {"lb a0,-2048(t6)", 0x800f8503, Operation::kLb, 10, 31, kAny, -2048},
    {"lh a0,2047(t6)", 0x7fff9503, Operation::kLh, 10, 31, kAny, 2047},
    {"lw a0,-1(t6)", 0xffffa503, Operation::kLw, 10, 31, kAny, -1},
    {"ld a0,0(t6)", 0x000fb503, Operation::kLd, 10, 31, kAny, 0},
    {"lbu a0,1024(t6)", 0x400fc503, Operation::kLbu, 10, 31, kAny, 1024},
    {"lhu a0,-1024(t6)", 0xc00fd503, Operation::kLhu, 10, 31, kAny, -1024},
    {"lwu a0,85(t6)", 0x055fe503, Operation::kLwu, 10, 31, kAny, 85},
    {"sb a1,-2048(t6)", 0x80bf8023, Operation::kSb, 0, 31, 11, -2048},
    {"sh a1,2047(t6)", 0x7ebf9fa3, Operation::kSh, 0, 31, 11, 2047},
    {"sw a1,-1(t6)", 0xfebfafa3, Operation::kSw, 0, 31, 11, -1},
    {"sd a1,1365(t6)", 0x54bfbaa3, Operation::kSd, 0, 31, 11, 1365},
    {"beq s3,a1,.+4094", 0x7eb98fe3, Operation::kBeq, 0, 19, 11, 4094},
    {"bne s3,a1,.-4096", 0x80b99063, Operation::kBne, 0, 19, 11, -4096},
    {"blt s3,a1,.+2", 0x00b9c163, Operation::kBlt, 0, 19, 11, 2},
    {"bge s3,a1,.-2", 0xfeb9dfe3, Operation::kBge, 0, 19, 11, -2},
    {"bltu s3,a1,.+2048", 0x00b9e0e3, Operation::kBltu, 0, 19, 11, 2048},
    {"bgeu s3,a1,.+1364", 0x54b9fa63, Operation::kBgeu, 0, 19, 11, 1364},
    {"jal ra,.+1048574", 0x7ffff0ef, Operation::kJal, 1, kAny, kAny, 1048574},
    {"jal ra,.-1048576", 0x800000ef, Operation::kJal, 1, kAny, kAny, -1048576},
    {"jal ra,.+2", 0x002000ef, Operation::kJal, 1, kAny, kAny, 2},
    {"jal ra,.+2048", 0x001000ef, Operation::kJal, 1, kAny, kAny, 2048},
    {"jal ra,.+4096", 0x000010ef, Operation::kJal, 1, kAny, kAny, 4096},
    {"jal ra,.-2", 0xfffff0ef, Operation::kJal, 1, kAny, kAny, -2},
    {"jal ra,.+349524", 0x554550ef, Operation::kJal, 1, kAny, kAny, 349524},
    {"jalr ra,-2048(t6)", 0x800f80e7, Operation::kJalr, 1, 31, kAny, -2048},
    {"amoswap.w t6,a1,(s3)", 0x08b9afaf, Operation::kAmoswapW, 31, 19, 11, 0},
    {"amoswap.d t6,a1,(s3)", 0x08b9bfaf, Operation::kAmoswapD, 31, 19, 11, 0},
    {"amoadd.w t6,a1,(s3)", 0x00b9afaf, Operation::kAmoaddW, 31, 19, 11, 0},
    {"amoadd.d t6,a1,(s3)", 0x00b9bfaf, Operation::kAmoaddD, 31, 19, 11, 0},
    {"amoxor.w t6,a1,(s3)", 0x20b9afaf, Operation::kAmoxorW, 31, 19, 11, 0},
    {"amoxor.d t6,a1,(s3)", 0x20b9bfaf, Operation::kAmoxorD, 31, 19, 11, 0},
    {"amoand.w t6,a1,(s3)", 0x60b9afaf, Operation::kAmoandW, 31, 19, 11, 0},
    {"amoand.d t6,a1,(s3)", 0x60b9bfaf, Operation::kAmoandD, 31, 19, 11, 0},
    {"amoor.w t6,a1,(s3)", 0x40b9afaf, Operation::kAmoorW, 31, 19, 11, 0},
    {"amoor.d t6,a1,(s3)", 0x40b9bfaf, Operation::kAmoorD, 31, 19, 11, 0},
    {"amomin.w t6,a1,(s3)", 0x80b9afaf, Operation::kAmominW, 31, 19, 11, 0},
    {"amomin.d t6,a1,(s3)", 0x80b9bfaf, Operation::kAmominD, 31, 19, 11, 0},
    {"amomax.w t6,a1,(s3)", 0xa0b9afaf, Operation::kAmomaxW, 31, 19, 11, 0},
    {"amomax.d t6,a1,(s3)", 0xa0b9bfaf, Operation::kAmomaxD, 31, 19, 11, 0},
    {"amominu.w t6,a1,(s3)", 0xc0b9afaf, Operation::kAmominuW, 31, 19, 11, 0},
    {"amominu.d t6,a1,(s3)", 0xc0b9bfaf, Operation::kAmominuD, 31, 19, 11, 0},
    {"amomaxu.w t6,a1,(s3)", 0xe0b9afaf, Operation::kAmomaxuW, 31, 19, 11, 0},
    {"amomaxu.d t6,a1,(s3)", 0xe0b9bfaf, Operation::kAmomaxuD, 31, 19, 11, 0},
    {"lr.w.aq t6,(s3)", 0x1409afaf, Operation::kLrW, 31, 19, 0, 0},
    {"sc.w.rl t6,a1,(s3)", 0x1ab9afaf, Operation::kScW, 31, 19, 11, 0},
    {"lr.d.aq t6,(s3)", 0x1409bfaf, Operation::kLrD, 31, 19, 0, 0},
    {"sc.d.rl t6,a1,(s3)", 0x1ab9bfaf, Operation::kScD, 31, 19, 11, 0},
    {"fence", 0x0ff0000f, Operation::kFence, kAny, kAny, kAny, kRaw},
    {"fence.i", 0x0000100f, Operation::kFenceI, kAny, kAny, kAny, kRaw},
    {"ecall", 0x00000073, Operation::kEcall, kAny, kAny, kAny, kRaw},
    {"ebreak", 0x00100073, Operation::kEbreak, kAny, kAny, kAny, kRaw},
    {"mret", 0x30200073, Operation::kMret, kAny, kAny, kAny, kRaw},
    {"wfi", 0x10500073, Operation::kWfi, kAny, kAny, kAny, kRaw},
    {"csrrw a0,mscratch,t6", 0x340f9573, Operation::kCsrrw, 10, 31, kAny, kRaw},
    {"csrrs a0,mscratch,t6", 0x340fa573, Operation::kCsrrs, 10, 31, kAny, kRaw},
    {"csrrc a0,mscratch,t6", 0x340fb573, Operation::kCsrrc, 10, 31, kAny, kRaw},
    {"csrrwi a0,mscratch,21", 0x340ad573, Operation::kCsrrwi, 10, 21, kAny, kRaw},
    {"csrrsi a0,mscratch,21", 0x340ae573, Operation::kCsrrsi, 10, 21, kAny, kRaw},
    {"csrrci a0,mscratch,21", 0x340af573, Operation::kCsrrci, 10, 21, kAny, kRaw},
};

TEST(Decoder, FindsOperationAndOperands) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.text);
    const Instruction found = decode(row.word);
    EXPECT_EQ(found.operation, row.operation);
    EXPECT_EQ(found.bytes, 4);
    EXPECT_EQ(found.word, row.word);
    EXPECT_TRUE(row.rd == kAny || found.rd == row.rd);
    EXPECT_TRUE(row.rs1 == kAny || found.rs1 == row.rs1);
    EXPECT_TRUE(row.rs2 == kAny || found.rs2 == row.rs2);
    const std::int64_t raw = static_cast<std::int32_t>(row.word);
    EXPECT_EQ(found.immediate, row.immediate == kRaw ? raw : row.immediate);
  }
}

struct Pair {
  const char* text;
  std::uint16_t compressed;
  std::uint32_t word;
};

constexpr Pair kPairs[] = {
    {"c.addi4spn a0,sp,4", 0x0048, 0x00410513},
    {"c.addi4spn a5,sp,1020", 0x1ffc, 0x3fc10793},
    {"c.addi4spn s0,sp,8", 0x0020, 0x00810413},
    {"c.lw a0,4(s0)", 0x4048, 0x00442503},
    {"c.lw a5,124(a4)", 0x5f7c, 0x07c72783},
    {"c.lw s1,64(a1)", 0x41a4, 0x0405a483},
    {"c.ld a0,8(s0)", 0x6408, 0x00843503},
    {"c.ld a5,248(a4)", 0x7f7c, 0x0f873783},
    {"c.ld s1,64(a1)", 0x61a4, 0x0405b483},
    {"c.sw a0,4(s0)", 0xc048, 0x00a42223},
    {"c.sw a5,124(a4)", 0xdf7c, 0x06f72e23},
    {"c.sd a0,8(s0)", 0xe408, 0x00a43423},
    {"c.sd a5,248(a4)", 0xff7c, 0x0ef73c23},
    {"c.addi a0,-32", 0x1501, 0xfe050513},
    {"c.addi t6,31", 0x0ffd, 0x01ff8f93},
    {"c.addiw a0,-1", 0x357d, 0xfff5051b},
    {"c.addiw s11,31", 0x2dfd, 0x01fd8d9b},
    {"c.li a0,-32", 0x5501, 0xfe000513},
    {"c.li ra,17", 0x40c5, 0x01100093},
    {"c.lui a0,31", 0x657d, 0x0001f537},
    {"c.lui a0,0xfffe0", 0x7501, 0xfffe0537},
    {"c.addi16sp sp,-512", 0x7101, 0xe0010113},
    {"c.addi16sp sp,496", 0x617d, 0x1f010113},
    {"c.addi16sp sp,16", 0x6141, 0x01010113},
    {"c.addi16sp sp,32", 0x6105, 0x02010113},
    {"c.addi16sp sp,64", 0x6121, 0x04010113},
    {"c.addi16sp sp,128", 0x6109, 0x08010113},
    {"c.srli a0,1", 0x8105, 0x00155513},
    {"c.srli a5,63", 0x93fd, 0x03f7d793},
    {"c.srai s0,33", 0x9405, 0x42145413},
    {"c.andi a0,-32", 0x9901, 0xfe057513},
    {"c.andi a5,31", 0x8bfd, 0x01f7f793},
    {"c.sub a0,a1", 0x8d0d, 0x40b50533},
    {"c.xor s0,s1", 0x8c25, 0x00944433},
    {"c.or a5,a4", 0x8fd9, 0x00e7e7b3},
    {"c.and a3,a2", 0x8ef1, 0x00c6f6b3},
    {"c.subw a0,a1", 0x9d0d, 0x40b5053b},
    {"c.addw s0,s1", 0x9c25, 0x0094043b},
    {"c.slli a0,1", 0x0506, 0x00151513},
    {"c.slli t6,63", 0x1ffe, 0x03ff9f93},
    {"c.lwsp a0,0(sp)", 0x4502, 0x00012503},
    {"c.lwsp t6,252(sp)", 0x5ffe, 0x0fc12f83},
    {"c.lwsp ra,36(sp)", 0x5092, 0x02412083},
    {"c.ldsp a0,8(sp)", 0x6522, 0x00813503},
    {"c.ldsp t6,504(sp)", 0x7ffe, 0x1f813f83},
    {"c.ldsp ra,264(sp)", 0x60b2, 0x10813083},
    {"c.jr a0", 0x8502, 0x00050067},
    {"c.jalr t6", 0x9f82, 0x000f80e7},
    {"c.mv a0,t6", 0x857e, 0x01f00533},
    {"c.add t6,a0", 0x9faa, 0x00af8fb3},
    {"c.ebreak", 0x9002, 0x00100073},
    {"c.swsp a0,252(sp)", 0xdfaa, 0x0ea12e23},
    {"c.swsp t6,4(sp)", 0xc27e, 0x01f12223},
    {"c.sdsp a0,504(sp)", 0xffaa, 0x1ea13c23},
    {"c.sdsp t6,8(sp)", 0xe47e, 0x01f13423},
    {"c.j .+2046", 0xaffd, 0x7fe0006f},
    {"c.j .-2048", 0xb001, 0x801ff06f},
    {"c.j .+2", 0xa009, 0x0020006f},
    {"c.j .+32", 0xa005, 0x0200006f},
    {"c.j .+1024", 0xa101, 0x4000006f},
    {"c.j .+512", 0xa401, 0x2000006f},
    {"c.beqz a0,.+254", 0xcd7d, 0x0e050f63},
    {"c.bnez s1,.-256", 0xf081, 0xf00490e3},
    {"c.beqz a5,.+2", 0xc389, 0x00078163},
    {"c.bnez a0,.+32", 0xe105, 0x02051063},
    {"c.beqz s0,.+64", 0xc021, 0x04040063},
};

TEST(Decoder, ExpandsCompressedInstructions) {
  for (const Pair& pair : kPairs) {
    SCOPED_TRACE(pair.text);
    EXPECT_EQ(expand_compressed(pair.compressed), pair.word);
    const Instruction found = decode(pair.compressed | 0xabcd0000u);
    EXPECT_EQ(found.operation, decode(pair.word).operation);
    EXPECT_EQ(found.bytes, 2);
    EXPECT_EQ(found.word, pair.compressed);
  }
}

TEST(Decoder, ReservedCompressedInstructionsAreIllegal) {
  constexpr std::uint16_t kReserved[] = {
      0x0000,          // all zero
      0x001c,          // c.addi4spn without an amount
      0x2000,          // c.fld
      0x8000,          // reserved
      0xa000,          // c.fsd
      0x2001,          // c.addiw x0
      0x6101,          // c.addi16sp without an amount
      0x6501,          // c.lui without an amount
      0x9c41,          // reserved arithmetic
      0x9c61, 0x2002,  // c.fldsp
      0x4002,          // c.lwsp x0
      0x6002,          // c.ldsp x0
      0x8002,          // c.jr x0
      0xa002,          // c.fsdsp
  };
  for (const std::uint16_t word : kReserved) {
    EXPECT_EQ(decode(word).operation, Operation::kIllegal) << std::hex << word;
    EXPECT_EQ(decode(word).immediate, word);
  }
}

TEST(Decoder, UnknownWordsAreIllegal) {
  constexpr std::uint32_t kUnknown[] = {0xffffffff,
                                        0x0000000b,
                                        0x00000007 /* flw opcode, funct3 0 */,
                                        0x00002007 /* flw */,
                                        0x10200073 /* sret */,
                                        0x00200073 /* uret */,
                                        0x12000073 /* sfence.vma */,
                                        0x00004073 /* funct3 4 */,
                                        0x02001013 | 1u << 26 /* shift amount above 63 */,
                                        0x0200101b /* slliw by 32 */,
                                        0x06000033,
                                        0x1010202f /* lr.w with rs2 */,
                                        0x0000102f /* amo of a half */};
  for (const std::uint32_t word : kUnknown) {
    EXPECT_EQ(decode(word).operation, Operation::kIllegal) << std::hex << word;
    EXPECT_EQ(static_cast<std::uint32_t>(decode(word).immediate), word);
  }
}

TEST(Decoder, EveryRowMatchesItsOwnMask) {
#define X(name, mask, match, format, class_) \
  EXPECT_EQ((match) & ~(mask), 0u) << #name; \
  EXPECT_EQ(decode(match).operation, Operation::k##name) << #name;
  PRISM_RV64_INSTRUCTIONS(X)
#undef X
}

}  // namespace
}  // namespace prism::rv64
