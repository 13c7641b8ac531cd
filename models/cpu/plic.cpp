// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/plic.h"

#include "prism/hw/memory_map.h"

namespace prism::cpu {

Plic::Plic(sc_core::sc_module_name name, const PlicConfig& config)
    : sc_core::sc_module(name),
      sources("sources", config.sources),
      external_interrupts("external_interrupts", config.contexts),
      registers("registers", bank_, config.access_ps),
      bank_(this->name(), PRISM_PLIC_BYTES),
      core_(config, bank_, [this] { changed_.notify(sc_core::SC_ZERO_TIME); }) {
  SC_HAS_PROCESS(Plic);
  SC_METHOD(drive);
  sensitive << changed_;
}

void Plic::end_of_elaboration() {
  for (std::uint32_t source = 1; source < sources.size(); ++source) {
    if (sources[source].size() == 0) continue;
    sc_core::sc_spawn_options options;
    options.spawn_method();
    options.set_sensitivity(&sources[source]->value_changed_event());
    sc_core::sc_spawn([this, source] { core_.set_source(source, sources[source]->read()); },
                      sc_core::sc_gen_unique_name("sample"), &options);
  }
}

void Plic::drive() {
  for (std::uint32_t context = 0; context < external_interrupts.size(); ++context) {
    external_interrupts[context].write(core_.interrupt(context));
  }
}

}  // namespace prism::cpu
