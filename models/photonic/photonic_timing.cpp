// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/photonic_timing.h"

#include <utility>

#include "models/common/bfloat16.h"
#include "models/photonic/check.h"

namespace prism::photonic {

namespace {

std::uint64_t bytes_of(std::uint32_t blocks, std::uint32_t wavelengths) {
  return std::uint64_t{blocks} * wavelengths * sizeof(Bfloat16);
}

}  // namespace

PhotonicTiming::PhotonicTiming(const PhotonicConfig& config)
    : config_(config), store_(config.store, bytes_of(config.stored_blocks(), config.wavelengths)) {
  require(config.rows > 0, "rows", config.rows, "at least 1");
  require(config.wavelengths > 0, "wavelengths", config.wavelengths, "at least 1");
  require(config.weight_dacs > 0, "weight_dacs", config.weight_dacs, "at least 1");
  const std::pair<const char*, double> numbers[] = {
      {"dac_ns", ns_from_ps(config.dac_ps)},
      {"modulator_ns", ns_from_ps(config.modulator_ps)},
      {"optics_ns", ns_from_ps(config.optics_ps)},
      {"ring_decay_ns", ns_from_ps(config.ring_decay_ps)},
      {"detector_ns", ns_from_ps(config.detector_ps)},
      {"adc_ns", ns_from_ps(config.adc_ps)},
      {"top_k_ns", ns_from_ps(config.top_k_ps)},
      {"page_reprogram_ns", ns_from_ps(config.page_reprogram_ps)},
      {"weight_settle_ns", ns_from_ps(config.weight_settle_ps)},
      {"laser_mw", config.laser_mw},
      {"driver_mw", config.driver_mw},
      {"dac_mw", config.dac_mw},
      {"modulator_mw", config.modulator_mw},
      {"detector_mw", config.detector_mw},
      {"adc_mw", config.adc_mw},
      {"top_k_mw", config.top_k_mw},
      {"cooler_mw", config.cooler_mw},
      {"ring_switch_fj", config.ring_switch_fj},
  };
  for (const auto& [name, value] : numbers) require_not_negative(name, value);
}

std::uint32_t PhotonicTiming::pages(std::uint32_t blocks) const {
  return blocks / config_.rows + (blocks % config_.rows != 0 ? 1 : 0);
}

Picoseconds PhotonicTiming::ranking(std::uint32_t blocks) const {
  const Picoseconds passes = pages(blocks);
  return passes * evaluation() + (passes - 1) * page_switch();
}

Picoseconds PhotonicTiming::page_switch() const {
  return config_.page_through_dacs ? programming(config_.rows) : config_.page_reprogram_ps;
}

Picoseconds PhotonicTiming::correcting(std::uint32_t blocks) const {
  const QueryConfig& query = config_.physics.query;
  const bool measured =
      query.encoding == QueryEncoding::kOffset && query.correction == OffsetCorrection::kMeasured;
  return measured ? pages(blocks) * config_.pass_ps() : 0;
}

SignatureRead PhotonicTiming::signature_read(std::uint32_t blocks) const {
  return store_.read(bytes_of(blocks, config_.wavelengths));
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

double PhotonicTiming::standing_mw() const {
  return config_.cooler_mw + store_.leakage_mw() + (config_.laser_always_on ? config_.laser_mw : 0.0);
}

void PhotonicTiming::report_energy(ModuleStatistics& out, const PhotonicActivity& activity,
                                   Picoseconds simulated) const {
  const double evaluations = static_cast<double>(activity.evaluations);
  const double corrections = static_cast<double>(activity.corrections);
  const auto evaluating = [&](double mw) {
    return pj_of(mw, evaluation()) * evaluations + pj_of(mw, config_.pass_ps()) * corrections;
  };
  const bool gated = !config_.laser_always_on;
  out.energy("photonic.laser", gated ? evaluating(config_.laser_mw) : pj_of(config_.laser_mw, simulated),
             gated ? "laser while evaluating" : "laser, always on");
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
  if (config_.store.placement == SignaturePlacement::kSram) {
    out.energy("photonic.signature_sram", activity.store_pj, "signature reads of the on-chip store");
    out.energy("photonic.signature_sram_leakage", pj_of(store_.leakage_mw(), simulated),
               "on-chip store, always on");
  }
}

}  // namespace prism::photonic
