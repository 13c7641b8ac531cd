// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <ostream>
#include <vector>

#include "models/cpu/rv64/elf_file.h"
#include "models/cpu/rv64_cpu.h"

namespace prism::soc {

struct InstructionTrace {
  std::ostream* out = nullptr;  // null: no trace, at no cost
  std::uint64_t first = 0;
  std::uint64_t last = std::numeric_limits<std::uint64_t>::max();  // excluded
};

/// One line before each instruction of the range: simulated time in ns, with several harts "hart" and its
/// number, address, symbol+offset, and the instruction's word (four digits: compressed). Arguments outlive
/// the harts' run.
void trace_instructions(const std::vector<std::unique_ptr<cpu::Rv64Cpu>>& harts,
                        const rv64::SymbolTable& symbols, const InstructionTrace& trace);

}  // namespace prism::soc
