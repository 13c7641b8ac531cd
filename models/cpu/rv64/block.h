// SPDX-License-Identifier: Apache-2.0
// Straight-line code, decoded once.
#pragma once

#include <cstdint>
#include <vector>

#include "models/cpu/rv64/instruction.h"

namespace prism::rv64 {

/// One step of the interpreter: 16 bytes. Writes to x0 go to an extra register (kDiscard). Immediates of
/// auipc, jumps and branches count from the block's start.
struct Op {
  const void* handler = nullptr;
  std::int32_t immediate = 0;
  std::uint8_t rd = 0;
  std::uint8_t rs1 = 0;
  std::uint8_t rs2 = 0;
  Operation operation = Operation::kEndOfBlock;
};
static_assert(sizeof(Op) == 16);

inline constexpr std::uint8_t kDiscard = 32;
inline constexpr std::size_t kRegisterSlots = 33;

/// What a block has done before one of its ops.
struct Progress {
  std::uint32_t instructions = 0;
  std::uint32_t cycles = 0;
  std::uint32_t offset = 0;  // bytes from the block's start
};

/// Ends at a jump, branch or system instruction, after kMaxInstructions, or where fetching ends.
struct Block {
  static constexpr std::uint32_t kMaxInstructions = 64;

  std::uint64_t pc = 0;
  std::uint64_t end = 0;           // address of the following instruction
  std::uint32_t instructions = 0;  // of all ops
  std::uint32_t cycles = 0;
  std::uint64_t executions = 0;
  Block* taken = nullptr;          // where the last jump or branch leads, once it has been there
  Block* next = nullptr;           // the block at `end`, likewise
  std::vector<Op> ops;             // never empty; the last one leaves the block
  std::vector<Progress> progress;  // before each op

  const Progress& before(const Op* op) const { return progress[static_cast<std::size_t>(op - ops.data())]; }
};

}  // namespace prism::rv64
