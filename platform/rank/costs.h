// SPDX-License-Identifier: Apache-2.0
// What a ranking costs on a photonic core, and what bringing its bank to the rings does. Closed forms
// (PhotonicTiming, SignatureStore); without the bus, the HBM and the firmware.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/common/statistics.h"
#include "models/photonic/photonic_timing.h"

namespace prism::rank_study {

struct Stage {
  std::string name;
  Picoseconds time;
};

struct RankingCost {
  std::vector<Stage> stages;  // of one pass, and the top-k
  std::uint32_t passes = 1;   // optical passes of an evaluation
  std::uint32_t pages = 1;    // evaluations of a ranking
  Picoseconds evaluation = 0;
  Picoseconds page_switch = 0;
  Picoseconds ranking = 0;
  std::vector<EnergyItem> energy = {};  // of one ranking, standing power included for as long as it takes
  double dynamic_pj = 0.0;              // without what burns between rankings, too
  double standing_mw = 0.0;
};

/// One load of a bank; nothing to do when banks are resident.
struct LoadCost {
  photonic::SignatureRead read = {};
  std::uint64_t rings = 0;
  Picoseconds programming = 0;
  Picoseconds correcting = 0;  // measuring the rows' corrections
  double energy_pj = 0.0;      // store, ring switching, corrections
  std::uint32_t contexts = 1;  // banks: one load each and decode step

  Picoseconds time() const { return read.time + programming + correcting; }
};

struct Area {
  double rings_mm2 = 0.0;
  double sram_mm2 = 0.0;
};

/// Of `blocks` blocks, back to back.
RankingCost ranking_cost(const photonic::PhotonicConfig& config, std::uint32_t blocks);
LoadCost load_cost(const photonic::PhotonicConfig& config, std::uint32_t blocks);
Area area_of(const photonic::PhotonicConfig& config);

}  // namespace prism::rank_study
