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
    sc_core::sc_spawn([this, source] { sample(source); }, sc_core::sc_gen_unique_name("sample"), &options);
  }
}

void Plic::sample(std::uint32_t source) {
  const bool level = sources[source]->read();
  bool seen = true;
  for (Loss& loss : losses_) {
    if (level && loss.source == source && loss.trigger.hit()) seen = false;
  }
  if (seen) core_.set_source(source, level);
}

void Plic::lose_interrupts(std::uint32_t source, const FaultTrigger& trigger) {
  losses_.push_back({source, trigger});
}

std::uint64_t Plic::lost_interrupts() const {
  std::uint64_t lost = 0;
  for (const Loss& loss : losses_) lost += loss.trigger.hits();
  return lost;
}

void Plic::drive() {
  for (std::uint32_t context = 0; context < external_interrupts.size(); ++context) {
    external_interrupts[context].write(core_.interrupt(context));
  }
}

}  // namespace prism::cpu
