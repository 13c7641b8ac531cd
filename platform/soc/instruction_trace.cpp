// SPDX-License-Identifier: Apache-2.0
#include "platform/soc/instruction_trace.h"

#include <fmt/format.h>

#include <iterator>

namespace prism::soc {

void trace_instructions(cpu::Rv64Cpu& cpu, const rv64::SymbolTable& symbols, const InstructionTrace& trace) {
  const auto print = [&cpu, &symbols, out = trace.out](std::uint64_t pc, std::uint32_t word) {
    const bool compressed = (word & 3) != 3;
    fmt::format_to(std::ostreambuf_iterator<char>(*out), "{:.3f} {:#x} {} {:0{}x}\n",
                   ns_from_ps(cpu.local_time()), pc, symbols.describe(pc), word, compressed ? 4 : 8);
  };
  cpu.hart().set_trace({.first = trace.first, .last = trace.last, .on_instruction = print});
}

}  // namespace prism::soc
