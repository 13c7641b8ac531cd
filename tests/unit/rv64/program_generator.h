// SPDX-License-Identifier: Apache-2.0
// Random RV64IMAC programs for tests/riscv/differential.c.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace prism::rv64 {

inline constexpr std::uint64_t kProgramsAddress = 0x8020'0000;
inline constexpr std::size_t kSlotBytes = 16384;

/// The image at kProgramsAddress of the programs of seeds 0 to count - 1: the count in a slot of its own,
/// then a slot a program: 32 initial register values, code, and an ecall in the last word. A program loops
/// over about 300 random instructions: all of IMAC, CSR accesses, and traps of every kind.
std::vector<std::byte> generate_programs(std::size_t count);

}  // namespace prism::rv64
