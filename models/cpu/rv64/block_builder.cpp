// SPDX-License-Identifier: Apache-2.0
// Hart: from memory to blocks.
#include <cstring>

#include "models/cpu/rv64/hart.h"

namespace prism::rv64 {
namespace {

bool ends_block(const Instruction& instruction) {
  switch (instruction.cost) {
    case InstructionClass::kBranch:
    case InstructionClass::kJump:
      return true;
    case InstructionClass::kSystem:
      return instruction.operation != Operation::kFence;
    default:
      return false;
  }
}

bool is_relative(Operation operation) {
  return operation == Operation::kAuipc || operation == Operation::kJal ||
         (operation >= Operation::kBeq && operation <= Operation::kBgeu);
}

}  // namespace

std::optional<Block> Hart::build(std::uint64_t pc, const BuildOptions& options) {
  Block block;
  block.pc = pc;
  block.end = pc;
  const auto append_control = [&](Operation operation, std::uint32_t word) {
    Instruction control;
    control.operation = operation;
    control.immediate = static_cast<std::int32_t>(word);
    append(block, control);
  };
  while (block.instructions < options.instructions && block.cycles < options.cycles) {
    const bool first = block.instructions == 0;
    if (!first && options.breakpoints && breakpoints_.contains(block.end)) break;
    if (!first && !fetch_direct(block.end)) break;
    const Fetched fetched = fetch(block.end);
    if (!first && !fetched.direct) break;
    if (fetched.fault) {
      enter_exception(Cause::kFetchFault, *fetched.fault);
      return std::nullopt;
    }
    const Instruction instruction = decode(fetched.word);
    if (trace_.on_instruction && block.end >= trace_.first && block.end < trace_.last) {
      append_control(Operation::kTrace, instruction.word);
    }
    append(block, instruction);
    block.end += instruction.bytes;
    block.cycles += config_.cycles[static_cast<std::size_t>(instruction.cost)];
    ++block.instructions;
    if (ends_block(instruction)) return block;
    if (!fetched.direct) break;
  }
  append_control(Operation::kEndOfBlock, 0);
  return block;
}

void Hart::append(Block& block, const Instruction& instruction) {
  const auto offset = static_cast<std::uint32_t>(block.end - block.pc);
  Op op;
  op.handler = handlers_[static_cast<std::size_t>(instruction.operation)];
  op.operation = instruction.operation;
  op.immediate = instruction.immediate;
  if (is_relative(instruction.operation)) op.immediate += static_cast<std::int32_t>(offset);
  op.rd = instruction.rd == 0 ? kDiscard : instruction.rd;
  op.rs1 = instruction.rs1;
  op.rs2 = instruction.rs2;
  block.ops.push_back(op);
  block.progress.push_back({block.instructions, block.cycles, offset});
}

Hart::Fetched Hart::fetch(std::uint64_t pc) {
  Fetched result;
  for (std::uint64_t part = 0; part < 2; ++part) {
    const std::uint64_t address = pc + 2 * part;
    std::uint16_t half = 0;
    if (const std::optional<std::uint16_t> value = fetch_direct(address)) {
      half = *value;
    } else {
      result.direct = false;
      if (!port_.fetch(address, half)) {
        result.fault = address;
        return result;
      }
    }
    result.word |= std::uint32_t{half} << 16 * part;
    if (is_compressed(result.word)) break;
  }
  return result;
}

std::optional<std::uint16_t> Hart::fetch_direct(std::uint64_t address) {
  const DirectMemory* memory = memory_.direct(address, sizeof(std::uint16_t));
  if (memory == nullptr) return std::nullopt;
  std::uint16_t value = 0;
  std::memcpy(&value, memory->host + (address - memory->first), sizeof value);
  return value;
}

}  // namespace prism::rv64
