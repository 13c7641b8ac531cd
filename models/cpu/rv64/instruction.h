// SPDX-License-Identifier: Apache-2.0
// RV64IMAC_Zicsr_Zifencei as one table, and the compact form in which the interpreter executes it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace prism::rv64 {

/// What an instruction costs is configured for each class.
enum class InstructionClass : std::uint8_t {
  kAlu,
  kMultiply,
  kDivide,
  kLoad,
  kStore,
  kAtomic,
  kBranch,
  kJump,
  kSystem,
};
inline constexpr std::size_t kInstructionClasses = 9;

/// Where the operands are (unprivileged specification, 2.2 and 2.3). kRaw: the whole word is the immediate.
enum class Format : std::uint8_t { kR, kI, kShift, kS, kB, kU, kJ, kRaw };

// X(name, mask, match, format, class): an instruction word w is `name` when (w & mask) == match.
#define PRISM_RV64_INSTRUCTIONS(X)                 \
  X(Lui, 0x7f, 0x37, kU, kAlu)                     \
  X(Auipc, 0x7f, 0x17, kU, kAlu)                   \
  X(Addi, 0x707f, 0x13, kI, kAlu)                  \
  X(Slti, 0x707f, 0x2013, kI, kAlu)                \
  X(Sltiu, 0x707f, 0x3013, kI, kAlu)               \
  X(Xori, 0x707f, 0x4013, kI, kAlu)                \
  X(Ori, 0x707f, 0x6013, kI, kAlu)                 \
  X(Andi, 0x707f, 0x7013, kI, kAlu)                \
  X(Slli, 0xfc00707f, 0x1013, kShift, kAlu)        \
  X(Srli, 0xfc00707f, 0x5013, kShift, kAlu)        \
  X(Srai, 0xfc00707f, 0x40005013, kShift, kAlu)    \
  X(Add, 0xfe00707f, 0x33, kR, kAlu)               \
  X(Sub, 0xfe00707f, 0x40000033, kR, kAlu)         \
  X(Sll, 0xfe00707f, 0x1033, kR, kAlu)             \
  X(Slt, 0xfe00707f, 0x2033, kR, kAlu)             \
  X(Sltu, 0xfe00707f, 0x3033, kR, kAlu)            \
  X(Xor, 0xfe00707f, 0x4033, kR, kAlu)             \
  X(Srl, 0xfe00707f, 0x5033, kR, kAlu)             \
  X(Sra, 0xfe00707f, 0x40005033, kR, kAlu)         \
  X(Or, 0xfe00707f, 0x6033, kR, kAlu)              \
  X(And, 0xfe00707f, 0x7033, kR, kAlu)             \
  X(Addiw, 0x707f, 0x1b, kI, kAlu)                 \
  X(Slliw, 0xfe00707f, 0x101b, kShift, kAlu)       \
  X(Srliw, 0xfe00707f, 0x501b, kShift, kAlu)       \
  X(Sraiw, 0xfe00707f, 0x4000501b, kShift, kAlu)   \
  X(Addw, 0xfe00707f, 0x3b, kR, kAlu)              \
  X(Subw, 0xfe00707f, 0x4000003b, kR, kAlu)        \
  X(Sllw, 0xfe00707f, 0x103b, kR, kAlu)            \
  X(Srlw, 0xfe00707f, 0x503b, kR, kAlu)            \
  X(Sraw, 0xfe00707f, 0x4000503b, kR, kAlu)        \
  X(Mul, 0xfe00707f, 0x2000033, kR, kMultiply)     \
  X(Mulh, 0xfe00707f, 0x2001033, kR, kMultiply)    \
  X(Mulhsu, 0xfe00707f, 0x2002033, kR, kMultiply)  \
  X(Mulhu, 0xfe00707f, 0x2003033, kR, kMultiply)   \
  X(Mulw, 0xfe00707f, 0x200003b, kR, kMultiply)    \
  X(Div, 0xfe00707f, 0x2004033, kR, kDivide)       \
  X(Divu, 0xfe00707f, 0x2005033, kR, kDivide)      \
  X(Rem, 0xfe00707f, 0x2006033, kR, kDivide)       \
  X(Remu, 0xfe00707f, 0x2007033, kR, kDivide)      \
  X(Divw, 0xfe00707f, 0x200403b, kR, kDivide)      \
  X(Divuw, 0xfe00707f, 0x200503b, kR, kDivide)     \
  X(Remw, 0xfe00707f, 0x200603b, kR, kDivide)      \
  X(Remuw, 0xfe00707f, 0x200703b, kR, kDivide)     \
  X(Lb, 0x707f, 0x3, kI, kLoad)                    \
  X(Lh, 0x707f, 0x1003, kI, kLoad)                 \
  X(Lw, 0x707f, 0x2003, kI, kLoad)                 \
  X(Ld, 0x707f, 0x3003, kI, kLoad)                 \
  X(Lbu, 0x707f, 0x4003, kI, kLoad)                \
  X(Lhu, 0x707f, 0x5003, kI, kLoad)                \
  X(Lwu, 0x707f, 0x6003, kI, kLoad)                \
  X(Sb, 0x707f, 0x23, kS, kStore)                  \
  X(Sh, 0x707f, 0x1023, kS, kStore)                \
  X(Sw, 0x707f, 0x2023, kS, kStore)                \
  X(Sd, 0x707f, 0x3023, kS, kStore)                \
  X(Beq, 0x707f, 0x63, kB, kBranch)                \
  X(Bne, 0x707f, 0x1063, kB, kBranch)              \
  X(Blt, 0x707f, 0x4063, kB, kBranch)              \
  X(Bge, 0x707f, 0x5063, kB, kBranch)              \
  X(Bltu, 0x707f, 0x6063, kB, kBranch)             \
  X(Bgeu, 0x707f, 0x7063, kB, kBranch)             \
  X(Jal, 0x7f, 0x6f, kJ, kJump)                    \
  X(Jalr, 0x707f, 0x67, kI, kJump)                 \
  X(Fence, 0x707f, 0xf, kRaw, kSystem)             \
  X(FenceI, 0x707f, 0x100f, kRaw, kSystem)         \
  X(Ecall, 0xffffffff, 0x73, kRaw, kSystem)        \
  X(Ebreak, 0xffffffff, 0x100073, kRaw, kSystem)   \
  X(Mret, 0xffffffff, 0x30200073, kRaw, kSystem)   \
  X(Wfi, 0xffffffff, 0x10500073, kRaw, kSystem)    \
  X(Csrrw, 0x707f, 0x1073, kRaw, kSystem)          \
  X(Csrrs, 0x707f, 0x2073, kRaw, kSystem)          \
  X(Csrrc, 0x707f, 0x3073, kRaw, kSystem)          \
  X(Csrrwi, 0x707f, 0x5073, kRaw, kSystem)         \
  X(Csrrsi, 0x707f, 0x6073, kRaw, kSystem)         \
  X(Csrrci, 0x707f, 0x7073, kRaw, kSystem)         \
  X(LrW, 0xf9f0707f, 0x1000202f, kR, kAtomic)      \
  X(ScW, 0xf800707f, 0x1800202f, kR, kAtomic)      \
  X(AmoswapW, 0xf800707f, 0x800202f, kR, kAtomic)  \
  X(AmoaddW, 0xf800707f, 0x202f, kR, kAtomic)      \
  X(AmoxorW, 0xf800707f, 0x2000202f, kR, kAtomic)  \
  X(AmoandW, 0xf800707f, 0x6000202f, kR, kAtomic)  \
  X(AmoorW, 0xf800707f, 0x4000202f, kR, kAtomic)   \
  X(AmominW, 0xf800707f, 0x8000202f, kR, kAtomic)  \
  X(AmomaxW, 0xf800707f, 0xa000202f, kR, kAtomic)  \
  X(AmominuW, 0xf800707f, 0xc000202f, kR, kAtomic) \
  X(AmomaxuW, 0xf800707f, 0xe000202f, kR, kAtomic) \
  X(LrD, 0xf9f0707f, 0x1000302f, kR, kAtomic)      \
  X(ScD, 0xf800707f, 0x1800302f, kR, kAtomic)      \
  X(AmoswapD, 0xf800707f, 0x800302f, kR, kAtomic)  \
  X(AmoaddD, 0xf800707f, 0x302f, kR, kAtomic)      \
  X(AmoxorD, 0xf800707f, 0x2000302f, kR, kAtomic)  \
  X(AmoandD, 0xf800707f, 0x6000302f, kR, kAtomic)  \
  X(AmoorD, 0xf800707f, 0x4000302f, kR, kAtomic)   \
  X(AmominD, 0xf800707f, 0x8000302f, kR, kAtomic)  \
  X(AmomaxD, 0xf800707f, 0xa000302f, kR, kAtomic)  \
  X(AmominuD, 0xf800707f, 0xc000302f, kR, kAtomic) \
  X(AmomaxuD, 0xf800707f, 0xe000302f, kR, kAtomic)

enum class Operation : std::uint8_t {
#define X(name, mask, match, format, class_) k##name,
  PRISM_RV64_INSTRUCTIONS(X)
#undef X
  // What only blocks hold:
  kIllegal,     // the immediate is the word
  kEndOfBlock,  // goes on with the following block
  kTrace,       // reports the instruction that follows; the immediate is its word
};
inline constexpr std::size_t kOperations = static_cast<std::size_t>(Operation::kTrace) + 1;

/// One instruction, decoded.
struct Instruction {
  Operation operation = Operation::kIllegal;
  InstructionClass cost = InstructionClass::kSystem;
  std::uint8_t bytes = 4;  // 2 or 4
  std::uint8_t rd = 0;
  std::uint8_t rs1 = 0;
  std::uint8_t rs2 = 0;
  std::int32_t immediate = 0;
  std::uint32_t word = 0;  // as fetched; 16 bits of a compressed instruction
};

inline bool is_compressed(std::uint32_t word) {
  return (word & 3) != 3;
}

/// Decodes a word as fetched; of a compressed instruction only the low 16 bits count. What is not in the
/// table is kIllegal.
Instruction decode(std::uint32_t word);

/// The 32-bit instruction that a compressed one stands for; 0 (which is illegal) when there is none.
std::uint32_t expand_compressed(std::uint16_t word);

}  // namespace prism::rv64
