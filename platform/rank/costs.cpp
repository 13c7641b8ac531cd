// SPDX-License-Identifier: Apache-2.0
#include "platform/rank/costs.h"

#include <numeric>

#include "models/photonic/query_encoding.h"

namespace prism::rank_study {

namespace {

std::vector<EnergyItem> energy_of(const photonic::PhotonicTiming& timing,
                                  const photonic::PhotonicActivity& activity, Picoseconds time) {
  ModuleStatistics statistics("photonic");
  timing.report_energy(statistics, activity, time);
  return statistics.energies();
}

double sum_of(const std::vector<EnergyItem>& items) {
  return std::accumulate(items.begin(), items.end(), 0.0,
                         [](double sum, const EnergyItem& item) { return sum + item.picojoules; });
}

}  // namespace

RankingCost ranking_cost(const photonic::PhotonicConfig& config, std::uint32_t blocks) {
  const photonic::PhotonicTiming timing(config);
  RankingCost cost{.stages = {{"dac", config.dac_ps},
                              {"modulator", config.modulator_ps},
                              {"optics", config.optics_ps},
                              {"ring_decay", config.ring_decay_ps},
                              {"detector", config.detector_ps},
                              {"adc", config.adc_ps},
                              {"top_k", config.top_k_ps}},
                   .passes = photonic::passes_of(config.physics.query.encoding),
                   .pages = timing.pages(blocks),
                   .evaluation = timing.evaluation(),
                   .page_switch = timing.page_switch(),
                   .ranking = timing.ranking(blocks)};
  const photonic::PhotonicActivity activity{.evaluations = cost.pages,
                                            .rings_switched = timing.rings_of_ranking(blocks)};
  cost.energy = energy_of(timing, activity, cost.ranking);
  cost.standing_mw = timing.standing_mw();
  cost.dynamic_pj = sum_of(cost.energy) - pj_of(cost.standing_mw, cost.ranking);
  return cost;
}

LoadCost load_cost(const photonic::PhotonicConfig& config, std::uint32_t blocks) {
  const photonic::PhotonicTiming timing(config);
  LoadCost cost{.contexts = config.store.contexts};
  if (config.store.placement == photonic::SignaturePlacement::kResident) return cost;
  cost.read = timing.signature_read(blocks);
  cost.rings = timing.rings_of_load(blocks);
  cost.programming = timing.programming(blocks);
  cost.correcting = timing.correcting(blocks);
  const photonic::PhotonicActivity activity{.rings_switched = cost.rings,
                                            .corrections = cost.correcting > 0 ? timing.pages(blocks) : 0,
                                            .store_pj = cost.read.energy_pj};
  cost.energy_pj = sum_of(energy_of(timing, activity, 0));
  return cost;
}

Area area_of(const photonic::PhotonicConfig& config) {
  const photonic::PhotonicTiming timing(config);
  const std::uint32_t rows = config.rows + config.physics.spare_rows;
  return {.rings_mm2 = timing.store().rings_mm2(rows, config.wavelengths, config.physics.ring.pitch_um),
          .sram_mm2 = timing.store().sram_mm2()};
}

}  // namespace prism::rank_study
