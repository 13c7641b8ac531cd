// SPDX-License-Identifier: Apache-2.0
#include "models/memory/scratchpad.h"

namespace prism::memory {

Scratchpad::Scratchpad(sc_core::sc_module_name name, const ScratchpadConfig& config)
    : StorageTarget(name, config.bytes, true), config_(config), timing_(config) {}

Picoseconds Scratchpad::access(Picoseconds start, std::uint64_t offset, std::uint64_t bytes) {
  return timing_.access(start, offset, bytes);
}

void Scratchpad::report(ModuleStatistics& out) const {
  StorageTarget::report(out);
  out.count("bank_conflicts", "1", "times an access found a bank busy", timing_.conflicts());
  out.gauge("bank_conflict_ns", "ns", "time lost to bank conflicts, summed over banks",
            ns_from_ps(timing_.conflict_time()));
}

}  // namespace prism::memory
