// SPDX-License-Identifier: Apache-2.0
// Energy of the HBM devices from what the timing engine counted and the figures of the preset.
#pragma once

#include "models/common/statistics.h"
#include "models/common/units.h"
#include "models/hbm/hbm_config.h"
#include "models/hbm/timing_engine.h"

namespace prism::hbm {

/// Adds hbm.access (all of activation, on-die movement and I/O) when a figure per bit is known, else
/// hbm.activate, hbm.read, hbm.write and hbm.io as far as those are known; and hbm.refresh and
/// hbm.background. What has no figure is declared unknown. A per-bank refresh counts as its share of an
/// all-bank one. `elapsed`: time since the start.
void report_energy(const HbmConfig& config, const EngineCounters& counters, Picoseconds elapsed,
                   ModuleStatistics& out);

}  // namespace prism::hbm
