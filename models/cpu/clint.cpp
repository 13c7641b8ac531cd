// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/clint.h"

#include <algorithm>

#include "models/common/sc_time.h"
#include "prism/hw/memory_map.h"

namespace prism::cpu {

Clint::Clint(sc_core::sc_module_name name, const ClintConfig& config)
    : sc_core::sc_module(name),
      registers("registers", bank_, config.access_ps),
      timer_interrupts("timer_interrupts", config.harts),
      software_interrupts("software_interrupts", config.harts),
      bank_(this->name(), PRISM_CLINT_BYTES),
      core_(
          config, bank_, [] { return now_ps(); }, [this] { changed_.notify(sc_core::SC_ZERO_TIME); }) {
  SC_HAS_PROCESS(Clint);
  SC_METHOD(drive);
}

void Clint::drive() {
  Picoseconds next = kNever;
  for (std::uint32_t hart = 0; hart < timer_interrupts.size(); ++hart) {
    timer_interrupts[hart].write(core_.timer_interrupt(hart));
    software_interrupts[hart].write(core_.software_interrupt(hart));
    next = std::min(next, core_.timer_rise(hart));
  }
  if (next == kNever) {
    next_trigger(changed_);
  } else {
    next_trigger(to_sc_time(next - now_ps()), changed_);
  }
}

}  // namespace prism::cpu
