// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/detection.h"

#include <algorithm>
#include <cmath>

#include "models/photonic/check.h"

namespace prism::photonic {

namespace {
constexpr double kElectronCharge = 1.602176634e-19;  // C
constexpr double kBoltzmann = 1.380649e-23;          // J/K
}  // namespace

BalancedDetector::BalancedDetector(const DetectorConfig& config, const LinkBudget& link, std::uint32_t lines)
    : config_(config) {
  require_positive("detector.responsivity_a_per_w", config.responsivity_a_per_w);
  require_positive("detector.load_ohm", config.load_ohm);
  require_positive("detector.bandwidth_ghz", config.bandwidth_ghz);
  require_not_negative("detector.temperature_k", config.temperature_k);
  require_not_negative("detector.nep_pw_per_sqrt_hz", config.nep_pw_per_sqrt_hz);
  full_scale_ua_ = config.responsivity_a_per_w * link.detector_mw() * 1e3;
  line_ua_ = full_scale_ua_ / lines;
}

double BalancedDetector::shot_na(double current_ua) const {
  return std::sqrt(2.0 * kElectronCharge * current_ua * 1e-6 * config_.bandwidth_ghz * 1e9) * 1e9;
}

double BalancedDetector::thermal_na() const {
  return std::sqrt(4.0 * kBoltzmann * config_.temperature_k * config_.bandwidth_ghz * 1e9 /
                   config_.load_ohm) *
         1e9;
}

double BalancedDetector::nep_na() const {
  return config_.nep_pw_per_sqrt_hz * 1e-3 * std::sqrt(config_.bandwidth_ghz * 1e9) *
         config_.responsivity_a_per_w;
}

double BalancedDetector::noise_na(double current_ua) const {
  const double shot = config_.shot_noise ? shot_na(current_ua) : 0.0;
  const double thermal = config_.thermal_noise ? thermal_na() : 0.0;
  const double nep = config_.nep_noise ? nep_na() : 0.0;
  return std::sqrt(shot * shot + thermal * thermal + nep * nep);
}

double BalancedDetector::snr_full_scale_db() const {
  return 20.0 * std::log10(full_scale_ua_ * 1e3 / noise_na(full_scale_ua_));
}

double BalancedDetector::noise_lines(double intensity) const {
  return noise_na(intensity * line_ua_) / (line_ua_ * 1e3);
}

Adc::Adc(const AdcConfig& config) : config_(config) {
  require_bits("adc.bits", config.bits);
  require_positive("adc.full_scale", config.full_scale);
  require_positive("adc.headroom", config.headroom);
}

std::uint32_t Adc::digitise(std::span<float> values, double centre, double range) const {
  if (config_.bits == 0 || range <= 0.0) return 0;
  const auto half = static_cast<float>(1u << (config_.bits - 1));
  const auto step = static_cast<float>(range) / half;
  const auto middle = static_cast<float>(centre);
  std::uint32_t clipped = 0;
  for (float& value : values) {
    const float code = std::floor((value - middle) / step + 0.5f);
    const float kept = std::clamp(code, -half, half - 1.0f);
    if (kept != code) ++clipped;
    value = kept * step + middle;
  }
  return clipped;
}

}  // namespace prism::photonic
