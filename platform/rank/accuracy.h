// SPDX-License-Identifier: Apache-2.0
// How well a photonic core ranks: trials with random banks, against exact arithmetic.
#pragma once

#include <cstdint>
#include <functional>

#include "models/common/units.h"
#include "models/photonic/photonic_config.h"

namespace prism::rank_study {

struct TrialOptions {
  std::uint32_t trials = 100;
  std::uint32_t blocks = 1024;  // of a bank, at least 2
  std::uint32_t k = 32;         // at most `blocks`
  Picoseconds age = 0;          // from the calibration to load and ranking
  std::uint64_t seed = 1;
  unsigned threads = 0;                            // 0: as many as the machine has
  std::function<void(double done)> progress = {};  // share of the trials, 0 to 1; one call at a time
};

struct Estimate {
  double mean = 0.0;
  double standard_error = 0.0;  // 0 with one trial
};

/// The spread of a trial is the standard deviation of its exact scores over the blocks: what ranking sees.
struct Accuracy {
  Estimate recall;             // of the best k
  Estimate correlation;        // of scores and exact scores
  double score_error = 0.0;    // rms over blocks and trials, in spreads
  double noise = 0.0;          // rms detection noise of a score, in spreads
  double weight_error = 0.0;   // rms over rings and trials, in weight units
  double clipped_share = 0.0;  // ADC values out of range

  /// 20 log10(spread / noise); infinite without noise.
  double snr_spread_db() const;
};

/// Trial t ranks a bank and a query that are functions of (seed, t). So many trials in a row share a chip:
/// its fabrication, calibration and temperatures, which are functions of the seed and the chip's number.
inline constexpr std::uint32_t kTrialsPerChip = 10;

/// Deterministic: the same for any number of threads. Throws std::invalid_argument for a configuration that
/// cannot be. Standard errors count every chip as one sample (with one chip: every trial).
Accuracy measure_accuracy(const photonic::PhotonicConfig& config, const TrialOptions& options);

}  // namespace prism::rank_study
