// SPDX-License-Identifier: Apache-2.0
#include "platform/config/parse.h"
#include "prism/hw/memory_map.h"

namespace prism::config {
namespace {

using interconnect::Arbitration;
using interconnect::PortConfig;
using interconnect::TargetRange;

PortConfig parse_port(const Section& ports, const char* name) {
  const Section section = ports.child(name);
  return {.name = name,
          .width_bytes = section.u32("width_bytes"),
          .clock_mhz = section.number("clock_mhz"),
          .latency_ps = section.ns("latency_ns"),
          .priority = section.u32("priority")};
}

}  // namespace

interconnect::BusConfig parse_bus(const Section& interconnect, const Section& memory_map,
                                  std::uint64_t hbm_capacity) {
  interconnect::BusConfig bus;
  bus.arbitration =
      interconnect.choice<Arbitration>("arbitration", {{"round_robin", Arbitration::kRoundRobin},
                                                       {"fixed_priority", Arbitration::kFixedPriority},
                                                       {"fifo", Arbitration::kFifo}});
  const Section initiators = interconnect.child("initiators");
  for (const char* name : {"cpu", "photonic", "dma", "compute"}) {
    bus.initiators.push_back(parse_port(initiators, name));
  }

  const Section targets = interconnect.child("targets");
  const auto add = [&](const char* name, std::uint64_t bytes) {
    bus.targets.push_back(parse_port(targets, name));
    bus.map.push_back(TargetRange{name, memory_map.child(name).address("base"), bytes});
  };
  add("rom", PRISM_BOOT_ROM_BYTES);
  add("finisher", PRISM_FINISHER_BYTES);
  add("clint", PRISM_CLINT_BYTES);
  add("plic", PRISM_PLIC_BYTES);
  add("uart", PRISM_UART_BYTES);
  for (const char* device : {"photonic", "dma", "compute", "hbm_registers", "semaphores"}) {
    add(device, PRISM_DEVICE_BYTES);
  }
  add("scratchpad", memory_map.child("scratchpad").u64("bytes"));
  add("ram", memory_map.child("ram").u64("bytes"));
  add("hbm", memory_map.child("hbm").optional_u64("bytes").value_or(hbm_capacity));
  return bus;
}

}  // namespace prism::config
