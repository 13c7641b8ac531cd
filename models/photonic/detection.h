// SPDX-License-Identifier: Apache-2.0
// From light to numbers: balanced photodetectors with their noise, and the ADC behind the amplifier.
#pragma once

#include <cstdint>
#include <span>

#include "models/photonic/link_budget.h"

namespace prism::photonic {

/// One balanced pair a row: through light on one detector, drop light on the other, the currents' difference
/// through one load. White noise in the bandwidth: shot sqrt(2 q I B) of the current of both detectors,
/// thermal sqrt(4 k T B / R), NEP x responsivity x sqrt(B). Does not model dark current, laser intensity
/// noise, saturation, nor an imbalance of the pair.
class BalancedDetector {
 public:
  /// Throws std::invalid_argument for values out of range.
  BalancedDetector(const DetectorConfig& config, const LinkBudget& link, std::uint32_t lines);

  /// All lines at full intensity through rings of weight 1.
  double full_scale_ua() const { return full_scale_ua_; }
  double shot_na(double current_ua) const;
  double thermal_na() const;
  double nep_na() const;
  /// Of the noises that are switched on, rms, at a current of both detectors together.
  double noise_na(double current_ua) const;
  /// 20 log10(full scale / its noise): the paper's figure. Infinite without noise.
  double snr_full_scale_db() const;
  /// rms noise in units of one line's full-scale current, with `intensity` = the sum of all lines'
  /// intensities.
  double noise_lines(double intensity) const;

 private:
  DetectorConfig config_;
  double full_scale_ua_;
  double line_ua_;
};

/// 2^bits equal steps over centre +- range, two's complement (0 is a level, the highest is a step below +
/// range); what lies outside is clipped. Does not model nonlinearity and sampling jitter.
class Adc {
 public:
  /// Throws std::invalid_argument for values out of range.
  explicit Adc(const AdcConfig& config);

  AdcRange range() const { return config_.range; }
  double full_scale() const { return config_.full_scale; }
  double headroom() const { return config_.headroom; }
  /// Digitises in place. Returns how many values were clipped.
  std::uint32_t digitise(std::span<float> values, double centre, double range) const;

 private:
  AdcConfig config_;
};

}  // namespace prism::photonic
