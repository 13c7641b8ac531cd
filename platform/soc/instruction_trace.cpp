// SPDX-License-Identifier: Apache-2.0
#include "platform/soc/instruction_trace.h"

#include <fmt/format.h>

#include <iterator>
#include <string>

namespace prism::soc {

void trace_instructions(const std::vector<std::unique_ptr<cpu::Rv64Cpu>>& harts,
                        const rv64::SymbolTable& symbols, const InstructionTrace& trace) {
  for (const auto& cpu : harts) {
    const std::string who = harts.size() > 1 ? fmt::format(" hart {}", cpu->hart_id()) : "";
    const auto print = [&cpu = *cpu, &symbols, who, out = trace.out](std::uint64_t pc, std::uint32_t word) {
      const bool compressed = (word & 3) != 3;
      fmt::format_to(std::ostreambuf_iterator<char>(*out), "{:.3f}{} {:#x} {} {:0{}x}\n",
                     ns_from_ps(cpu.local_time()), who, pc, symbols.describe(pc), word, compressed ? 4 : 8);
    };
    cpu->hart().set_trace({.first = trace.first, .last = trace.last, .on_instruction = print});
  }
}

}  // namespace prism::soc
