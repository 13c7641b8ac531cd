// SPDX-License-Identifier: Apache-2.0
// Hart: the interpreter. Each operation's code ends with a jump to the next one's, whose address is in the op
// (a GNU extension, "labels as values"): no loop, no call, no table.
#include <cstring>

#include "models/cpu/rv64/alu.h"
#include "models/cpu/rv64/hart.h"

#pragma GCC diagnostic ignored "-Wpedantic"

// What an operation's code may use: its operands, and how it ends.
#define RD x_[op->rd]
#define A x_[op->rs1]
#define B x_[op->rs2]
#define IMM static_cast<std::uint64_t>(static_cast<std::int64_t>(op->immediate))
#define NEXT            \
  do {                  \
    ++op;               \
    goto * op->handler; \
  } while (false)

#define COMPUTE(name, value)                          \
  op_##name : RD = static_cast<std::uint64_t>(value); \
  NEXT;

#define COMPUTE_WORD(name, value) COMPUTE(name, sign_extend_word(static_cast<std::uint64_t>(value)))

#define LOAD(name, type)                                                                             \
  op_##name : if (const std::byte* host = memory_.find_readable<sizeof(type)>(A + IMM)) [[likely]] { \
    type value;                                                                                      \
    std::memcpy(&value, host, sizeof value);                                                         \
    RD = static_cast<std::uint64_t>(static_cast<std::int64_t>(value));                               \
    NEXT;                                                                                            \
  }                                                                                                  \
  goto slow_load;

#define STORE(name, type)                                                                      \
  op_##name : if (std::byte* host = memory_.find_writable<sizeof(type)>(A + IMM)) [[likely]] { \
    const auto value = static_cast<type>(B);                                                   \
    std::memcpy(host, &value, sizeof value);                                                   \
    NEXT;                                                                                      \
  }                                                                                            \
  goto slow_store;

#define BRANCH(name, condition)          \
  op_##name : if (condition) goto taken; \
  goto not_taken;

namespace prism::rv64 {

Hart::Handlers Hart::execute(Block* block) {
  static const void* const kHandlers[kOperations] = {
#define X(name, mask, match, format, class_) &&op_##name,
      PRISM_RV64_INSTRUCTIONS(X)
#undef X
          && op_Illegal,
      &&op_EndOfBlock, &&op_Trace};
  if (block == nullptr) return kHandlers;

  const Op* op = nullptr;
  Block** link = nullptr;  // where the block that is looked for is to be remembered
  // counters_, in registers: those with the present block.
  std::uint64_t instructions = counters_.instructions + block->instructions;
  std::uint64_t cycles = counters_.cycles + block->cycles;
  const std::uint64_t instruction_limit = instruction_limit_;
  const std::uint64_t cycle_limit = cycle_limit_;
  goto start;

enter:
  if (instructions + block->instructions > instruction_limit || cycles + block->cycles > cycle_limit)
      [[unlikely]] {
    pc_ = block->pc;
    goto leave;
  }
  instructions += block->instructions;
  cycles += block->cycles;
start:
  ++block->executions;
  op = block->ops.data();
  goto * op->handler;

  COMPUTE(Lui, IMM)
  COMPUTE(Auipc, block->pc + IMM)
  COMPUTE(Addi, A + IMM)
  COMPUTE(Slti, as_signed(A) < as_signed(IMM))
  COMPUTE(Sltiu, A < IMM)
  COMPUTE(Xori, A ^ IMM)
  COMPUTE(Ori, A | IMM)
  COMPUTE(Andi, A & IMM)
  COMPUTE(Slli, A << op->immediate)
  COMPUTE(Srli, A >> op->immediate)
  COMPUTE(Srai, as_signed(A) >> op->immediate)
  COMPUTE(Add, A + B)
  COMPUTE(Sub, A - B)
  COMPUTE(Sll, A << (B & 63))
  COMPUTE(Slt, as_signed(A) < as_signed(B))
  COMPUTE(Sltu, A < B)
  COMPUTE(Xor, A ^ B)
  COMPUTE(Srl, A >> (B & 63))
  COMPUTE(Sra, as_signed(A) >> (B & 63))
  COMPUTE(Or, A | B)
  COMPUTE(And, A & B)
  COMPUTE_WORD(Addiw, A + IMM)
  COMPUTE_WORD(Slliw, A << op->immediate)
  COMPUTE_WORD(Srliw, static_cast<std::uint32_t>(A) >> op->immediate)
  COMPUTE_WORD(Sraiw, static_cast<std::int32_t>(A) >> op->immediate)
  COMPUTE_WORD(Addw, A + B)
  COMPUTE_WORD(Subw, A - B)
  COMPUTE_WORD(Sllw, A << (B & 31))
  COMPUTE_WORD(Srlw, static_cast<std::uint32_t>(A) >> (B & 31))
  COMPUTE_WORD(Sraw, static_cast<std::int32_t>(A) >> (B & 31))

  COMPUTE(Mul, A * B)
  COMPUTE(Mulh, high_product_signed(A, B))
  COMPUTE(Mulhsu, high_product_mixed(A, B))
  COMPUTE(Mulhu, high_product_unsigned(A, B))
  COMPUTE_WORD(Mulw, A * B)
  COMPUTE(Div, divide(as_signed(A), as_signed(B)))
  COMPUTE(Divu, divide(A, B))
  COMPUTE(Rem, remainder(as_signed(A), as_signed(B)))
  COMPUTE(Remu, remainder(A, B))
  COMPUTE_WORD(Divw, divide(static_cast<std::int32_t>(A), static_cast<std::int32_t>(B)))
  COMPUTE_WORD(Divuw, divide(static_cast<std::uint32_t>(A), static_cast<std::uint32_t>(B)))
  COMPUTE_WORD(Remw, remainder(static_cast<std::int32_t>(A), static_cast<std::int32_t>(B)))
  COMPUTE_WORD(Remuw, remainder(static_cast<std::uint32_t>(A), static_cast<std::uint32_t>(B)))

  LOAD(Lb, std::int8_t)
  LOAD(Lh, std::int16_t)
  LOAD(Lw, std::int32_t)
  LOAD(Ld, std::int64_t)
  LOAD(Lbu, std::uint8_t)
  LOAD(Lhu, std::uint16_t)
  LOAD(Lwu, std::uint32_t)
  STORE(Sb, std::uint8_t)
  STORE(Sh, std::uint16_t)
  STORE(Sw, std::uint32_t)
  STORE(Sd, std::uint64_t)

slow_load:
  counters_ = {instructions, cycles};
  if (!load(*block, op)) return nullptr;
  NEXT;

slow_store:
  counters_ = {instructions, cycles};
  if (!store(*block, op)) return nullptr;
  NEXT;

  BRANCH(Beq, A == B)
  BRANCH(Bne, A != B)
  BRANCH(Blt, as_signed(A) < as_signed(B))
  BRANCH(Bge, as_signed(A) >= as_signed(B))
  BRANCH(Bltu, A < B)
  BRANCH(Bgeu, A >= B)

op_Jal:
  RD = block->end;
taken:
  if (block->taken != nullptr) [[likely]] {
    block = block->taken;
    goto enter;
  }
  link = &block->taken;
  pc_ = block->pc + IMM;
  goto find;

op_EndOfBlock:
not_taken:
  if (block->next != nullptr) [[likely]] {
    block = block->next;
    goto enter;
  }
  link = &block->next;
  pc_ = block->end;
  goto find;

op_Jalr:
  pc_ = (A + IMM) & ~std::uint64_t{1};
  RD = block->end;
  if (Block* known = blocks_.recent(pc_)) [[likely]] {
    block = known;
    goto enter;
  }
leave:
  counters_ = {instructions, cycles};
  return nullptr;

find:
  block = blocks_.find(pc_);
  if (block == nullptr) goto leave;
  *link = block;
  goto enter;

op_LrW:
op_ScW:
op_AmoswapW:
op_AmoaddW:
op_AmoxorW:
op_AmoandW:
op_AmoorW:
op_AmominW:
op_AmomaxW:
op_AmominuW:
op_AmomaxuW:
op_LrD:
op_ScD:
op_AmoswapD:
op_AmoaddD:
op_AmoxorD:
op_AmoandD:
op_AmoorD:
op_AmominD:
op_AmomaxD:
op_AmominuD:
op_AmomaxuD:
  counters_ = {instructions, cycles};
  if (!atomic(*block, op)) return nullptr;
  NEXT;

op_Trace:
  counters_ = {instructions, cycles};
  if (!trace(*block, op)) return nullptr;
  NEXT;

op_Fence:
  NEXT;

op_FenceI:
op_Ecall:
op_Ebreak:
op_Mret:
op_Wfi:
op_Csrrw:
op_Csrrs:
op_Csrrc:
op_Csrrwi:
op_Csrrsi:
op_Csrrci:
op_Illegal:
  counters_ = {instructions, cycles};
  system(*block, op);
  return nullptr;
}

}  // namespace prism::rv64
