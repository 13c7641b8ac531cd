// SPDX-License-Identifier: Apache-2.0
// Instruction words from their fields, by format (unprivileged specification, 2.2 and 2.3).
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/cpu/rv64/instruction.h"

namespace prism::rv64 {

/// Bits `high` to `low` of `word`, moved to bit 0.
constexpr std::uint32_t bits(std::uint32_t word, unsigned high, unsigned low) {
  return word >> low & (0xffffffffu >> (31 - (high - low)));
}

/// The low `width` bits of `value` as a signed number.
constexpr std::int32_t sign_extend(std::uint32_t value, unsigned width) {
  return static_cast<std::int32_t>(value << (32 - width)) >> (32 - width);
}

/// The bits that all words of `operation` share: opcode, funct3, funct7.
constexpr std::uint32_t match_of(Operation operation) {
  constexpr std::uint32_t kMatches[] = {
#define X(name, mask, match, format, class_) match,
      PRISM_RV64_INSTRUCTIONS(X)
#undef X
  };
  return kMatches[static_cast<std::size_t>(operation)];
}

constexpr std::uint32_t encode_r(Operation operation, unsigned rd, unsigned rs1, unsigned rs2) {
  return match_of(operation) | rd << 7 | rs1 << 15 | rs2 << 20;
}

constexpr std::uint32_t encode_i(Operation operation, unsigned rd, unsigned rs1, std::int32_t immediate) {
  return match_of(operation) | rd << 7 | rs1 << 15 | static_cast<std::uint32_t>(immediate) << 20;
}

constexpr std::uint32_t encode_shift(Operation operation, unsigned rd, unsigned rs1, unsigned amount) {
  return match_of(operation) | rd << 7 | rs1 << 15 | amount << 20;
}

constexpr std::uint32_t encode_s(Operation operation, unsigned rs1, unsigned rs2, std::int32_t immediate) {
  const auto value = static_cast<std::uint32_t>(immediate);
  return match_of(operation) | bits(value, 4, 0) << 7 | rs1 << 15 | rs2 << 20 | bits(value, 11, 5) << 25;
}

constexpr std::uint32_t encode_b(Operation operation, unsigned rs1, unsigned rs2, std::int32_t offset) {
  const auto value = static_cast<std::uint32_t>(offset);
  return match_of(operation) | bits(value, 11, 11) << 7 | bits(value, 4, 1) << 8 | rs1 << 15 | rs2 << 20 |
         bits(value, 10, 5) << 25 | bits(value, 12, 12) << 31;
}

constexpr std::uint32_t encode_u(Operation operation, unsigned rd, std::uint32_t upper) {
  return match_of(operation) | rd << 7 | (upper & 0xfffff000u);
}

constexpr std::uint32_t encode_j(Operation operation, unsigned rd, std::int32_t offset) {
  const auto value = static_cast<std::uint32_t>(offset);
  return match_of(operation) | rd << 7 | bits(value, 19, 12) << 12 | bits(value, 11, 11) << 20 |
         bits(value, 10, 1) << 21 | bits(value, 20, 20) << 31;
}

/// A CSR instruction; `source` is a register, or the value of the immediate forms.
constexpr std::uint32_t encode_csr(Operation operation, unsigned rd, std::uint32_t csr, unsigned source) {
  return match_of(operation) | rd << 7 | source << 15 | csr << 20;
}

}  // namespace prism::rv64
