// SPDX-License-Identifier: Apache-2.0
#include "models/hbm/hbm_energy.h"

#include <string>

namespace prism::hbm {

namespace {

bool known(double figure) {
  return figure >= 0.0;
}

}  // namespace

void report_energy(const HbmConfig& config, const EngineCounters& counters, Picoseconds elapsed,
                   ModuleStatistics& out) {
  const Energy& energy = config.energy;
  const Organization& organization = config.organization;
  const auto add = [&](const char* component, double figure, double amount, const char* description) {
    if (known(figure)) {
      out.energy(component, figure * amount, description);
    } else {
      out.energy_unknown(component);
    }
  };
  const double burst_bits = organization.burst_bytes * 8.0;
  const double read_bits = burst_bits * static_cast<double>(counters.reads);
  const double write_bits = burst_bits * static_cast<double>(counters.writes);
  const bool split = known(energy.activate_pj) || known(energy.read_per_bit_pj) ||
                     known(energy.write_per_bit_pj) || known(energy.io_per_bit_pj);
  if (known(energy.per_bit_pj) || !split) {
    add("hbm.access", energy.per_bit_pj, read_bits + write_bits,
        "activation, on-die movement and I/O, per bit moved");
  } else {
    add("hbm.activate", energy.activate_pj, static_cast<double>(counters.activates),
        "rows opened and closed");
    add("hbm.read", energy.read_per_bit_pj, read_bits, "bits read from open rows");
    add("hbm.write", energy.write_per_bit_pj, write_bits, "bits written to open rows");
    add("hbm.io", energy.io_per_bit_pj, read_bits + write_bits, "bits driven between stack and processor");
  }
  const double refreshes =
      static_cast<double>(counters.refreshes_all_bank) +
      static_cast<double>(counters.refreshes_per_bank) / organization.banks_per_pseudo_channel();
  add("hbm.refresh", energy.refresh_pj, refreshes, "refreshes of all banks of a pseudo-channel");
  add("hbm.background", energy.background_mw * organization.pseudo_channels_total(), ns_from_ps(elapsed),
      "standby power over time");
}

}  // namespace prism::hbm
