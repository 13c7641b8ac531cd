// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/photonic_timing.h"

namespace prism::photonic {

std::uint32_t PhotonicTiming::pages(std::uint32_t blocks) const {
  return blocks / config_.rows + (blocks % config_.rows != 0 ? 1 : 0);
}

Picoseconds PhotonicTiming::ranking(std::uint32_t blocks) const {
  const Picoseconds passes = pages(blocks);
  return passes * config_.evaluation_ps() + (passes - 1) * config_.page_reprogram_ps;
}

Picoseconds PhotonicTiming::programming(std::uint32_t blocks) const {
  const std::uint64_t rounds = (rings_of_load(blocks) + config_.weight_dacs - 1) / config_.weight_dacs;
  return static_cast<Picoseconds>(rounds) * config_.weight_settle_ps;
}

std::uint64_t PhotonicTiming::rings_of_load(std::uint32_t blocks) const {
  return static_cast<std::uint64_t>(blocks) * config_.wavelengths;
}

std::uint64_t PhotonicTiming::rings_of_ranking(std::uint32_t blocks) const {
  return blocks > config_.rows ? rings_of_load(blocks - config_.rows) : 0;
}

double PhotonicTiming::evaluation_mw() const {
  return config_.laser_mw + config_.driver_mw + config_.dac_mw + config_.modulator_mw + config_.detector_mw +
         config_.adc_mw + config_.top_k_mw;
}

void PhotonicTiming::report_energy(ModuleStatistics& out, const PhotonicActivity& activity,
                                   Picoseconds simulated) const {
  const double evaluations = static_cast<double>(activity.evaluations);
  const auto evaluating = [&](double mw) { return pj_of(mw, config_.evaluation_ps()) * evaluations; };
  out.energy("photonic.laser", evaluating(config_.laser_mw), "laser while evaluating");
  out.energy("photonic.driver", evaluating(config_.driver_mw), "voltage drivers while evaluating");
  out.energy("photonic.dac", evaluating(config_.dac_mw), "query DACs while evaluating");
  out.energy("photonic.modulator", evaluating(config_.modulator_mw), "query modulators while evaluating");
  out.energy("photonic.detector", evaluating(config_.detector_mw), "photodetectors while evaluating");
  out.energy("photonic.adc", evaluating(config_.adc_mw), "amplifiers and ADCs while evaluating");
  out.energy("photonic.top_k", evaluating(config_.top_k_mw), "digital top-k while evaluating");
  out.energy("photonic.ring_switching",
             config_.ring_switch_fj * 1e-3 * static_cast<double>(activity.rings_switched),
             "ring electrodes charged by loads and page switches");
  out.energy("photonic.cooler", pj_of(config_.cooler_mw, simulated), "thermo-electric cooler, always on");
}

}  // namespace prism::photonic
