// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <span>
#include <vector>

#include "models/cpu/rv64/encoding.h"
#include "models/cpu/rv64/instruction.h"

namespace prism::rv64 {
namespace {

struct Row {
  std::uint32_t mask;
  std::uint32_t match;
  Operation operation;
  Format format;
  InstructionClass cost;
};

constexpr Row kRows[] = {
#define X(name, mask, match, format, class_) \
  {mask, match, Operation::k##name, Format::format, InstructionClass::class_},
    PRISM_RV64_INSTRUCTIONS(X)
#undef X
};

constexpr std::size_t kMajorOpcodes = 32;

std::size_t major_opcode(std::uint32_t word) {
  return bits(word, 6, 2);
}

/// The rows of each major opcode.
std::array<std::vector<Row>, kMajorOpcodes> rows_by_opcode() {
  std::array<std::vector<Row>, kMajorOpcodes> result;
  for (const Row& row : kRows) result[major_opcode(row.match)].push_back(row);
  return result;
}

std::int32_t immediate_of(Format format, std::uint32_t word) {
  switch (format) {
    case Format::kI:
      return sign_extend(bits(word, 31, 20), 12);
    case Format::kShift:
      return static_cast<std::int32_t>(bits(word, 25, 20));
    case Format::kS:
      return sign_extend(bits(word, 31, 25) << 5 | bits(word, 11, 7), 12);
    case Format::kB:
      return sign_extend(bits(word, 31, 31) << 12 | bits(word, 7, 7) << 11 | bits(word, 30, 25) << 5 |
                             bits(word, 11, 8) << 1,
                         13);
    case Format::kU:
      return static_cast<std::int32_t>(word & 0xfffff000u);
    case Format::kJ:
      return sign_extend(bits(word, 31, 31) << 20 | bits(word, 19, 12) << 12 | bits(word, 20, 20) << 11 |
                             bits(word, 30, 21) << 1,
                         21);
    case Format::kRaw:
      return static_cast<std::int32_t>(word);
    case Format::kR:
      return 0;
  }
  return 0;
}

bool writes_rd(Format format) {
  return format != Format::kS && format != Format::kB;
}

}  // namespace

Instruction decode(std::uint32_t word) {
  static const std::array<std::vector<Row>, kMajorOpcodes> kTable = rows_by_opcode();
  const bool compressed = is_compressed(word);
  const std::uint32_t fetched = compressed ? word & 0xffff : word;
  const std::uint32_t full = compressed ? expand_compressed(static_cast<std::uint16_t>(word)) : word;

  Instruction result;
  result.word = fetched;
  result.bytes = compressed ? 2 : 4;
  result.immediate = static_cast<std::int32_t>(fetched);
  if ((full & 3) != 3) return result;
  for (const Row& row : kTable[major_opcode(full)]) {
    if ((full & row.mask) != row.match) continue;
    result.operation = row.operation;
    result.cost = row.cost;
    result.rd = writes_rd(row.format) ? static_cast<std::uint8_t>(bits(full, 11, 7)) : 0;
    result.rs1 = static_cast<std::uint8_t>(bits(full, 19, 15));
    result.rs2 = static_cast<std::uint8_t>(bits(full, 24, 20));
    result.immediate = immediate_of(row.format, full);
    break;
  }
  return result;
}

}  // namespace prism::rv64
